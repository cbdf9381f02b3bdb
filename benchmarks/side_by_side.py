#!/usr/bin/env python3
"""Runs the engine and scipy on the same bytes in the same run, and writes their times and ratios beside a description of the machine.

Needs python3 with numpy and scipy over OpenBLAS (Debian: python3-numpy python3-scipy libopenblas0-pthread), and the engine built by
    dotnet build -c Release benchmarks/WeightWatcher.Engine
Usage: side_by_side.py [--output FILE.md] [--seconds S] [--coretypes A,B,...] [NxM ...]

For each size (default: those of the performance goals): the engine's median with the Gram path, with AVX-512 switched off and with the direct path, and the medians of
scipy.linalg.svd(compute_uv=False) and of dsyrk + dsyevd('N'), each peer with the OPENBLAS_CORETYPE that is fastest for it at that size. The peers use all threads; the engine
computes one matrix on each, and its time is that of a run divided by the matrices.
With --output the rows are kept in artifacts/ too, so that sizes measured again replace the former rows of the table. The last column says what share of the processors other
processes used meanwhile: OpenBLAS's threads wait for each other actively, so that its times on a busy machine say nothing.
"""
import argparse
import glob
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = ["256x256", "512x512", "1024x1024", "2048x2048", "4096x4096", "4096x1024", "4608x512"]
CORETYPES = ["Haswell", "Zen", "SkylakeX", "Cooperlake"]
# From so many products on one run after the first is enough: it takes seconds.
LONG = 10**10
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENGINE = os.path.join(ROOT, "artifacts", "bin", "WeightWatcher.Engine", "release", "WeightWatcher.Engine.dll")


def median_ms(work, seconds):
    """The first run warms up, unless it is long enough to be the measurement."""
    start = time.perf_counter()
    work()
    times, end = [(time.perf_counter() - start) * 1e3], start + seconds
    if times[0] < 250 * seconds:
        times = []
    while not times or (time.perf_counter() < end and len(times) < 1000):
        one = time.perf_counter()
        work()
        times.append((time.perf_counter() - one) * 1e3)
    return statistics.median(times)


def blas():
    """The BLAS library that is loaded, so that no ratio against a slow one passes for a result."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        names = {os.path.basename(os.path.realpath(line.split()[-1])) for line in maps if "blas" in line or "mkl" in line}
    return ", ".join(sorted(names)) or "unknown"


def peers(n, m, path, seconds):
    """What one process, with the OPENBLAS_CORETYPE of its environment, measures."""
    import numpy as np
    import scipy.linalg

    w = np.asfortranarray(np.fromfile(path, dtype=np.float32).reshape(n, m), dtype=np.float64)

    found = []

    def eigenvalues():
        gram = scipy.linalg.blas.dsyrk(1.0, w, trans=1, lower=1)
        found[:] = scipy.linalg.eigh(gram, lower=True, eigvals_only=True, driver="evd", check_finite=False, overwrite_a=True)

    svd = median_ms(lambda: scipy.linalg.svd(w, compute_uv=False, check_finite=False), seconds)
    evd = median_ms(eigenvalues, seconds)
    return {"svd_ms": svd, "evd_ms": evd, "lambda_max": float(found[-1]), "blas": blas(), "numpy": np.__version__, "scipy": scipy.__version__}


def child(command, **environment):
    output = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **environment}).stdout
    return json.loads(output.splitlines()[-1])


def engine(n, m, path, seconds, *options, **environment):
    return child(["dotnet", ENGINE, "eigenvalues", str(n), str(m), "--bytes", path, "--seconds", str(seconds), "--runs", "3" if n * m * min(n, m) < LONG else "1", *options], **environment)


def processor_seconds():
    """What all processes used since the machine started, and what the children of this one did."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(x) for x in file.readline().split()[1:]]
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK"), children.ru_utime + children.ru_stime


def measure(size, seconds, coretypes):
    n, m = (int(x) for x in size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        import numpy as np

        path = os.path.join(folder, "matrix.bin")
        np.random.default_rng(1).standard_normal((n, m), dtype=np.float32).tofile(path)
        start, (all_before, own_before) = time.perf_counter(), processor_seconds()
        fastest = engine(n, m, path, seconds)
        narrow = engine(n, m, path, seconds, DOTNET_EnableAVX512="0")
        direct = engine(n, m, path, seconds, "--path", "direct")
        others = {c: child([sys.executable, __file__, "--peers", size, path, str(seconds)], OPENBLAS_CORETYPE=c) for c in coretypes}
        all_after, own_after = processor_seconds()
        others_share = (all_after - all_before - own_after + own_before) / (time.perf_counter() - start) / os.cpu_count()
    svd, evd = (min(others, key=lambda c: others[c][key]) for key in ("svd_ms", "evd_ms"))
    row = {
        "size": size, "threads": fastest["threads"], "instruction_set": fastest["instruction_set"], "engine_ms": fastest["median_ms"],
        "narrow_set": narrow["instruction_set"], "narrow_ms": narrow["median_ms"], "direct_ms": direct["median_ms"],
        "svd_ms": round(others[svd]["svd_ms"], 3), "svd_coretype": svd, "evd_ms": round(others[evd]["evd_ms"], 3), "evd_coretype": evd,
        "lambda_max_difference": abs(fastest["lambda_max"] / others[svd]["lambda_max"] - 1), "peak_mb": fastest["peak_mb"],
        "others": round(max(0, others_share), 3), "blas": others[svd]["blas"], "numpy": others[svd]["numpy"], "scipy": others[svd]["scipy"],
    }
    row["svd_ratio"] = round(row["svd_ms"] / row["engine_ms"], 2)
    row["evd_ratio"] = round(row["evd_ms"] / row["engine_ms"], 2)
    row["narrow_svd_ratio"] = round(row["svd_ms"] / row["narrow_ms"], 2)
    row["direct_svd_ratio"] = round(row["svd_ms"] / row["direct_ms"], 2)
    return row


def machine(row):
    """What the processor, the kernel and the run time say of themselves."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        info = dict(line.split(":", 1) for line in file.read().split("\n\n")[0].replace("\t", "").splitlines() if ":" in line)
    info = {key.strip(): value.strip() for key, value in info.items()}
    caches = []
    for folder in sorted(glob.glob("/sys/devices/system/cpu/cpu0/cache/index*")):
        level, kind, size = (open(os.path.join(folder, name), encoding="ascii").read().strip() for name in ("level", "type", "size"))
        caches.append(f"L{level} {kind.lower()} {size}")
    flags = set(info.get("flags", info.get("Features", "")).split())
    sets = [name for name in ("asimd", "avx2", "fma", "avx512f", "avx512dq", "avx512vl", "avx512_bf16") if name in flags]
    dotnet = subprocess.run(["dotnet", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "Processor": f"{info.get('model name', platform.processor())}, family {info.get('cpu family', '?')}, model {info.get('model', '?')}, {os.cpu_count()} processors",
        "Caches": ", ".join(caches) or "not told by the system",
        "Instruction sets": ", ".join(sets),
        "System": f"{platform.system()} {platform.release()}, {'virtual machine' if 'hypervisor' in flags else 'no hypervisor'}",
        ".NET SDK": dotnet,
        "Peers": f"numpy {row['numpy']}, scipy {row['scipy']}, {row['blas']}",
    }


def table(rows, command):
    lines = ["# Eigenvalues, side by side", "", f"Written by `{command}`. Milliseconds per matrix, medians; the engine with one matrix on each thread, the peers with all threads.", ""]
    lines += [f"- {name}: {value}" for name, value in machine(rows[0]).items()]
    lines += [
        "",
        "| size | engine | without AVX-512 | direct path | scipy svd | dsyrk + dsyevd | svd / engine | evd / engine | svd / engine without AVX-512 | svd / direct | lambda_max differs by | used by others |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            f"| {r['size']} | {r['engine_ms']:.4g} | {r['narrow_ms']:.4g} | {r['direct_ms']:.4g} | {r['svd_ms']:.4g} ({r['svd_coretype']}) | {r['evd_ms']:.4g} ({r['evd_coretype']}) | "
            f"{r['svd_ratio']:.2f} | {r['evd_ratio']:.2f} | {r['narrow_svd_ratio']:.2f} | {r['direct_svd_ratio']:.2f} | {r['lambda_max_difference']:.1e} | {r['others']:.0%} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="The engine beside scipy over OpenBLAS.")
    parser.add_argument("sizes", nargs="*", default=SIZES)
    parser.add_argument("--output")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--coretypes", default=",".join(CORETYPES))
    arguments = parser.parse_args()
    kept = arguments.output and os.path.join(ROOT, "artifacts", os.path.basename(os.path.splitext(arguments.output)[0]) + ".jsonl")
    rows = {}
    if kept and os.path.exists(kept):
        with open(kept, encoding="utf-8") as file:
            rows = {row["size"]: row for row in map(json.loads, file)}
    for size in arguments.sizes or SIZES:
        row = measure(size, max(1, round(arguments.seconds)), arguments.coretypes.split(","))
        print(json.dumps(row), flush=True)
        if "openblas" not in row["blas"]:
            print("The BLAS that numpy uses is not OpenBLAS: these ratios say nothing about the goals.", file=sys.stderr)
        rows[size] = row
        if kept:
            ordered = sorted(rows.values(), key=lambda r: SIZES.index(r["size"]) if r["size"] in SIZES else len(SIZES))
            with open(kept, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(r) + "\n" for r in ordered)
            with open(arguments.output, "w", encoding="utf-8") as file:
                file.write(table(ordered, "python3 benchmarks/side_by_side.py --output " + os.path.relpath(arguments.output, ROOT)))


if len(sys.argv) == 5 and sys.argv[1] == "--peers":
    n, m = (int(x) for x in sys.argv[2].split("x"))
    print(json.dumps(peers(n, m, sys.argv[3], float(sys.argv[4]))))
else:
    main()
