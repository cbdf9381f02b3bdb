#!/usr/bin/env python3
"""Writes singular_values.tsv beside this file: singular values by LAPACK (dgesdd through numpy) of matrices defined by formulas.

Run with python3 and numpy; nothing else reads this file. Every formula uses only correctly rounded operations in a fixed order, so that
ReferenceMatrix.cs makes the same bits. Columns: kind, rows, columns, seed, rank (values above s_max * max(rows, columns) * 2^-52), and the
values at the positions 0, (M-1)/4, (M-1)/2, 3(M-1)/4, M-1 of the ascending spectrum, in hexadecimal.
"""
import os

import numpy as np

MULTIPLIER, INCREMENT, MASK = 6364136223846793005, 1442695040888963407, (1 << 64) - 1


class Lcg:
    def __init__(self, seed):
        self.state = seed

    def unit(self, *shape):
        count = int(np.prod(shape))
        values = np.empty(count)
        state = self.state
        for i in range(count):
            state = (MULTIPLIER * state + INCREMENT) & MASK
            values[i] = (state >> 11) / 2.0**53
        self.state = state
        return values.reshape(shape)


def low_rank(lcg, n, m, rank):
    left, right = lcg.unit(n, rank) - 0.5, lcg.unit(rank, m) - 0.5
    total = np.zeros((n, m))
    for k in range(rank):
        total = total + left[:, k : k + 1] * right[k : k + 1, :]
    return total


def heavy(u):
    t = 2 * u - 1
    return t / (1.0001 - t * t)


def matrix(kind, n, m, seed):
    lcg = Lcg(seed)
    rank = max(1, min(n, m) // 3)  # of the low-rank kinds
    rows, columns = np.arange(n)[:, None], np.arange(m)[None, :]
    if kind == "uniform":
        return lcg.unit(n, m) - 0.5
    if kind == "heavy":
        return heavy(lcg.unit(n, m))
    if kind == "heavy-single":
        return heavy(lcg.unit(n, m)).astype(np.float32).astype(np.float64)
    if kind == "integer-low-rank":
        return (np.floor(lcg.unit(n, rank) * 7) - 3) @ (np.floor(lcg.unit(rank, m) * 7) - 3)
    if kind == "low-rank-single":
        return low_rank(lcg, n, m, rank).astype(np.float32).astype(np.float64)
    if kind == "graded-rows":
        return np.ldexp(lcg.unit(n, m) - 0.5, -(rows * 60 // n))
    if kind == "graded-columns":
        return np.ldexp(lcg.unit(n, m) - 0.5, -(columns * 30 // m))
    if kind == "duplicated":
        base = lcg.unit((n + 1) // 2, (m + 1) // 2) - 0.5
        return base[rows // 2, columns // 2]
    if kind == "constant":
        return np.full((n, m), 0.7)
    if kind == "hilbert":
        return 1.0 / (rows + columns + 1)
    if kind == "denormal":
        return np.ldexp(np.floor((lcg.unit(n, m) - 0.5) * 4096), -1060)
    if kind == "huge":
        return np.ldexp(lcg.unit(n, m) - 0.5, 1000)
    if kind == "tiny":
        return np.ldexp(lcg.unit(n, m) - 0.5, -1000)
    if kind == "zero-columns":
        return np.where(columns % 3 == 0, 0.0, lcg.unit(n, m) - 0.5)
    if kind == "shifted":
        return lcg.unit(n, m) + 100
    raise ValueError(kind)


KINDS = ["uniform", "heavy", "heavy-single", "integer-low-rank", "low-rank-single", "graded-rows", "graded-columns", "duplicated",
         "constant", "hilbert", "denormal", "huge", "tiny", "zero-columns", "shifted"]
SHAPES = [(1, 1), (2, 3), (7, 7), (10, 4), (33, 31), (64, 64), (65, 40), (96, 96), (97, 130), (150, 60), (161, 129), (400, 100), (90, 333)]
EXTRA = [("uniform", 100000, 1), ("uniform", 100000, 3), ("heavy", 30000, 8), ("constant", 100000, 2), ("shifted", 50000, 4),
         ("uniform", 512, 512), ("low-rank-single", 384, 256), ("heavy", 1000, 300)]


def condensed(a):
    # LAPACK's long sums of like terms lose three digits (constant, 100000 x 2), so that very tall matrices go through triangular factors of short blocks.
    while len(a) >= 10000:
        a = np.vstack([np.linalg.qr(a[i : i + 200], mode="r") for i in range(0, len(a), 200)])
    return a


def main():
    cases = [(kind, n, m, 1000 * k + s) for k, kind in enumerate(KINDS) for s, (n, m) in enumerate(SHAPES)]
    cases += [(kind, n, m, 90000 + s) for s, (kind, n, m) in enumerate(EXTRA)]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "singular_values.tsv"), "w", encoding="ascii", newline="\n") as out:
        for kind, n, m, seed in cases:
            values = np.linalg.svd(condensed(matrix(kind, n, m, seed)), compute_uv=False)[::-1]
            last = len(values) - 1
            rank = int(np.sum(values > values[-1] * max(n, m) * 2.0**-52))
            selected = [float(values[i]).hex() for i in (0, last // 4, last // 2, 3 * last // 4, last)]
            print(kind, n, m, seed, rank, *selected, sep="\t", file=out)


main()
