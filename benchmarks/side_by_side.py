#!/usr/bin/env python3
"""Runs the engine and scipy on the same bytes in the same run and prints their ratios.

Needs python3 with numpy and scipy over OpenBLAS (Debian: python3-numpy python3-scipy libopenblas0-pthread), and the engine built by
    dotnet build -c Release benchmarks/WeightWatcher.Engine
Usage: side_by_side.py [NxM ...]      default: the sizes of the performance goals
For each size one line of JSON: the engine's median, the medians of scipy.linalg.svd(compute_uv=False) and of dsyrk + dsyevd('N'), and the ratios.
Set OPENBLAS_CORETYPE to the best value of the machine before; both peers use all threads, the engine one matrix on each.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import scipy.linalg

SIZES = ["256x256", "512x512", "1024x1024", "2048x2048", "4096x4096", "4096x1024", "4608x512"]
SECONDS = 3
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENGINE = os.path.join(ROOT, "artifacts", "bin", "WeightWatcher.Engine", "release", "WeightWatcher.Engine.dll")


def blas():
    """The BLAS library that is loaded, so that no ratio against a slow one passes for a result."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        names = {os.path.basename(os.path.realpath(line.split()[-1])) for line in maps if "blas" in line or "mkl" in line}
    return ", ".join(sorted(names)) or "unknown"


def median_ms(work):
    work()
    times, end = [], time.perf_counter() + SECONDS
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 1000):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def eigenvalues(w):
    gram = scipy.linalg.blas.dsyrk(1.0, w, trans=1, lower=1)
    return scipy.linalg.eigh(gram, lower=True, eigvals_only=True, driver="evd", check_finite=False, overwrite_a=True)


def engine(n, m, path, *options):
    command = ["dotnet", ENGINE, "eigenvalues", str(n), str(m), "--bytes", path, "--seconds", str(SECONDS), *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    library = blas()
    print(json.dumps({"blas": library, "numpy": np.__version__, "scipy": scipy.__version__, "processors": os.cpu_count()}))
    if "openblas" not in library:
        print("The BLAS that numpy uses is not OpenBLAS: the ratios below say nothing about the goals.", file=sys.stderr)
    for size in sys.argv[1:] or SIZES:
        n, m = (int(x) for x in size.split("x"))
        stored = np.random.default_rng(1).standard_normal((n, m), dtype=np.float32)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "matrix.bin")
            stored.tofile(path)
            gram = engine(n, m, path)
            direct = engine(n, m, path, "--path", "direct")
        w = np.asfortranarray(stored, dtype=np.float64)
        svd = median_ms(lambda: scipy.linalg.svd(w, compute_uv=False, check_finite=False))
        evd = median_ms(lambda: eigenvalues(w))
        largest = scipy.linalg.svd(w, compute_uv=False)[0] ** 2
        print(json.dumps({
            "n": n, "m": m, "engine_ms": gram["median_ms"], "engine_direct_ms": direct["median_ms"], "svd_ms": round(svd, 3), "syrk_evd_ms": round(evd, 3),
            "svd_over_engine": round(svd / gram["median_ms"], 2), "svd_over_direct": round(svd / direct["median_ms"], 2),
            "syrk_evd_over_engine": round(evd / gram["median_ms"], 2), "instruction_set": gram["instruction_set"], "threads": gram["threads"],
            "lambda_max_difference": abs(gram["lambda_max"] / largest - 1)}), flush=True)


main()
