#!/usr/bin/env python3
"""Analyses a model with the steps and the numerical calls of the Python tool 0.7.5, so that its time can be set beside the engine's.

It is our own code for the same work, not the tool: for each layer three singular value decompositions (the weights, and two shuffles of them; six when a
layer has fewer than 100 eigenvalues), the power-law fit that tries every eigenvalue as the start of the tail, two Marchenko-Pastur fits that
build a kernel density anew for each of some 215 values of sigma, detX by products, and the norms. Data frames, logging and plots are left out.

Needs python3 with numpy and scipy over OpenBLAS and scikit-learn (Debian: python3-numpy python3-scipy python3-sklearn libopenblas0-pthread).
Usage: python_tool.py FILE.safetensors [--most-per-shape K] [--only PATTERN]
With --most-per-shape only K layers of each shape are run, and the rest is extrapolated from them; the output says how much of the time was measured. With --only
just the layers whose names match the pattern (as of a shell) are looked at, so that a large model can be measured in pieces, whose totals add up.
"""
import fnmatch
import json
import statistics
import struct
import sys
import time
import warnings

import numpy as np
import scipy.linalg
import scipy.optimize
from sklearn.neighbors import KernelDensity

FLOOR = 1e-5  # eigenvalues below are not fitted
warnings.simplefilter("ignore")


def read(path):
    """The names, shapes and elements of an artifact, one tensor at a time."""
    with open(path, "rb") as stream:
        length = struct.unpack("<Q", stream.read(8))[0]
        header = json.loads(stream.read(length))
        for name, entry in header.items():
            if name == "__metadata__" or len(entry["shape"]) < 2:
                continue
            start, end = entry["data_offsets"]
            stream.seek(8 + length + start)
            yield name, np.frombuffer(stream.read(end - start), dtype="<f4").reshape(entry["shape"])


def slices(tensor):
    """The matrices of a layer: one, or one for each position of a kernel; N x M with N >= M."""
    matrices = [tensor] if tensor.ndim == 2 else [tensor[:, :, i, j] for i in range(tensor.shape[2]) for j in range(tensor.shape[3])]
    return [m if m.shape[0] >= m.shape[1] else m.T for m in matrices]


def eigenvalues(matrices):
    values = [scipy.linalg.svd(m.astype(np.float64), compute_uv=False) for m in matrices]
    return np.sort(np.concatenate([v * v for v in values]))


def shuffled(matrices, random):
    result = []
    for m in matrices:
        flat = m.flatten()
        random.shuffle(flat)
        result.append(flat.reshape(m.shape))
    return result


def power_law(evals):
    """Every eigenvalue but the last is tried as the start of the tail, and the start with the smallest distance wins: O(n^2)."""
    x = np.sort(evals[evals > FLOOR])
    n = len(x)
    if n < 2:
        return -1.0
    logs = np.log(x)
    alphas, distances = np.zeros(n - 1), np.ones(n - 1)
    for i in range(n - 1):
        count = n - i
        alpha = 1 + count / (np.sum(logs[i:]) - count * logs[i])
        alphas[i] = alpha
        if alpha > 1:
            distances[i] = np.max(np.abs(1 - (x[i:] / x[i]) ** (1 - alpha) - np.arange(count) / count))
    return alphas[np.argmin(distances)]


def density_on(data, grid, bandwidth=0.1):
    """The triangular kernel by scikit-learn's estimator, as in the tool."""
    return np.exp(KernelDensity(kernel="linear", bandwidth=bandwidth).fit(data.reshape(-1, 1)).score_samples(grid.reshape(-1, 1)))


def marchenko_pastur(evals, q):
    """sigma by a grid of 195 values and a simplex; each residual builds the density of the data anew."""
    scaled = evals * (len(evals) / np.sum(evals))
    largest = np.max(scaled)
    grid = np.linspace(0, largest + 0.5, 1000)
    data = np.sqrt(scaled) if q == 1 else scaled
    built = 0

    def residual(sigma):
        nonlocal built
        built += 1
        sigma = float(np.atleast_1d(sigma)[0])
        density = density_on(data, grid)
        kept = density >= 0.01
        x, y = grid[kept], density[kept]
        if q == 1:
            return np.sum((np.sqrt(np.maximum(0, 4 - x * x)) / (np.pi * sigma ** 2) - y) ** 2)
        lower, upper = (sigma * (1 - 1 / np.sqrt(q))) ** 2, (sigma * (1 + 1 / np.sqrt(q))) ** 2
        if len(x) == 0 or upper < x[np.argmax(y)] or upper > x[-1] or lower > x[np.argmax(y)]:
            return 1e6 * max(1, len(x))
        with np.errstate(all="ignore"):
            model = q / (2 * np.pi * sigma ** 2 * x) * np.sqrt(np.maximum(0, (upper - x) * (x - lower)))
        return np.sum((np.nan_to_num(model) - y) ** 2)

    unit = np.sqrt(largest) / (1 + 1 / np.sqrt(q))
    sigma = scipy.optimize.brute(residual, (slice(0.05 * unit, 2 * unit, 0.01 * unit),), finish=scipy.optimize.fmin)
    return float(np.atleast_1d(sigma)[0]), built


def det_x(evals):
    scaled = np.sort(evals) * len(evals) / np.sum(evals)
    for i in range(len(scaled) - 1, 0, -1):
        if np.prod(scaled[i:]) < 1:
            return len(scaled) - i
    return len(scaled)


def distance(p, q):
    m = 0.5 * (p + q)
    p, q, m = p / np.sum(p), q / np.sum(q), m / np.sum(m)
    with np.errstate(all="ignore"):
        return np.sqrt(0.5 * np.nansum(np.where(p > 0, p * np.log(p / m), 0)) + 0.5 * np.nansum(np.where(q > 0, q * np.log(q / m), 0)))


def norms(evals, alpha, n):
    singular = np.sqrt(evals)
    rank = int(np.sum(singular > singular.max() * n * np.finfo(np.float64).eps))
    p = evals / np.sum(evals) + 1e-10
    return [np.sum(evals), np.log10(np.sum(evals)), np.log10(np.sum(evals ** alpha)), np.sum(evals) / evals[-1], rank, -np.sum(p * np.log(p)) / np.log(rank + 1e-10)]


class Stages(dict):
    def __init__(self):
        super().__init__(svd=0.0, shuffle=0.0, power_law=0.0, mp_fit=0.0, rest=0.0)

    def timed(self, stage, work):
        start = time.perf_counter()
        result = work()
        self[stage] += (time.perf_counter() - start) * 1e3
        return result


def analyze(tensor, stages, random):
    matrices = slices(tensor)
    n, m = matrices[0].shape
    evals = stages.timed("svd", lambda: eigenvalues(matrices))
    alpha = stages.timed("power_law", lambda: power_law(evals))
    stages.timed("mp_fit", lambda: marchenko_pastur(evals, n / m))
    pool = []
    for _ in range(5 if len(evals) < 100 else 1):
        replica = stages.timed("shuffle", lambda: shuffled(matrices, random))
        pool.append(stages.timed("svd", lambda: eigenvalues(replica)))
    pool = np.sort(np.concatenate(pool))
    stages.timed("mp_fit", lambda: marchenko_pastur(pool, n / m))
    again = stages.timed("shuffle", lambda: shuffled(matrices, random))
    other = stages.timed("svd", lambda: eigenvalues(again))
    return stages.timed("rest", lambda: (distance(evals, other), det_x(evals), norms(evals, alpha, n)))


def blas():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        return sorted({line.split()[-1].split("/")[-1] for line in maps if "openblas" in line.lower()})


def main():
    arguments = sys.argv[1:]
    path = arguments[0]
    most = int(arguments[arguments.index("--most-per-shape") + 1]) if "--most-per-shape" in arguments else None
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else "*"
    shapes, random = {}, np.random.RandomState(0)
    total = Stages()
    for name, tensor in read(path):
        if not fnmatch.fnmatchcase(name, only):
            continue
        known = shapes.setdefault(tensor.shape, {"layers": 0, "times": []})
        known["layers"] += 1
        if most is None or len(known["times"]) < most:
            stages = Stages()
            analyze(tensor, stages, random)
            known["times"].append(sum(stages.values()))
            for stage, time_ms in stages.items():
                total[stage] += time_ms
    measured = sum(sum(s["times"]) for s in shapes.values())
    whole = sum(sum(s["times"]) + (s["layers"] - len(s["times"])) * statistics.mean(s["times"]) for s in shapes.values())
    print(json.dumps({
        "layers": sum(s["layers"] for s in shapes.values()), "layers_measured": sum(len(s["times"]) for s in shapes.values()),
        "measured_ms": round(measured, 1), "total_ms": round(whole, 1), "extrapolated": whole > measured * 1.000001,
        "measured_stages_ms": {k: round(v, 1) for k, v in total.items()}, "blas": blas(), "numpy": np.__version__, "scipy": scipy.__version__}))


if __name__ == "__main__":
    main()
