#!/usr/bin/env python3
"""Times matrix products beside OpenBLAS, oneDNN and LIBXSMM, in turn in the same run.

  compare_gemm.py GEMM_BENCH GEMM_PEERS [--json FILE] [--quick]

Prints microseconds for each named product on one and two threads, the best library's over Cinta's, and for 200 random products
how that ratio is spread. Every library must have computed the same element before anything counts. OpenBLAS runs with the
kernels it finds by itself and, on AVX-512, with its own for that; the better counts. LIBXSMM has one thread.
"""
import argparse, json, os, statistics, subprocess, sys


def run(command, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    out = subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"{' '.join(command)}: {out.stderr.strip() or 'exit code ' + str(out.returncode)}")
    return [json.loads(line) for line in out.stdout.strip().split("\n")]


def medians(runs):
    return [statistics.median(values) for values in zip(*([p["us"] for p in r] for r in runs))]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bench")
    options.add_argument("peers")
    options.add_argument("--json", default=os.devnull)
    options.add_argument("--quick", action="store_true", help="three rounds instead of nine")
    options = options.parse_args()
    file = open(options.json, "a")
    for threads in (1, 2):
        count = str(threads)
        commands = {"Cinta": ([options.bench, "json", count], {}), "OpenBLAS": ([options.peers, "openblas", count], {})}
        if "avx512f" in open("/proc/cpuinfo").read():
            commands["OpenBLAS/X"] = ([options.peers, "openblas", count], {"OPENBLAS_CORETYPE": "SkylakeX"})
        commands["oneDNN"] = ([options.peers, "onednn", count], {})
        if threads == 1:
            commands["LIBXSMM"] = ([options.peers, "libxsmm", count], {})
        runs = {name: [] for name in commands}
        for _ in range(3 if options.quick else 9):
            for name, (command, environment) in commands.items():
                runs[name].append(run(command, OMP_NUM_THREADS=count, **environment))
        shapes = runs["Cinta"][0]
        for name, found in runs.items():
            for ours, theirs in zip(shapes, found[0]):
                if abs(ours["c"] - theirs["c"]) > 1e-3 * max(1, abs(ours["c"])):
                    sys.exit(f"{name} computes another product: {theirs}, not {ours}")
        times = {name: medians(found) for name, found in runs.items()}
        peers = [name for name in commands if name != "Cinta"]
        print(f"\n{threads} thread{'s'[:threads - 1]}, us:{'':<11}" + "".join(f"{name:>12}" for name in commands) + f"{'best/Cinta':>12}")
        ratios = []
        for i, s in enumerate(shapes):
            best = min(times[name][i] for name in peers)
            ratio = best / times["Cinta"][i]
            name = f"gemm_{s['m']}x{s['n']}x{s['k']}_{s['transposed']}"
            json.dump({"case": name, "cinta_us": times["Cinta"][i], "best_us": best, "ratio": ratio, "threads": threads}, file)
            file.write("\n")
            if s["named"]:
                print(f"{name:<24}" + "".join(f"{times[n][i]:>12.3f}" for n in commands) + f"{ratio:>12.2f}")
            else:
                ratios.append(ratio)
        ratios.sort()
        print(f"{len(ratios)} random products, the best library over Cinta: median {statistics.median(ratios):.2f}, a tenth below "
              f"{ratios[len(ratios) // 10]:.2f}, the least {ratios[0]:.2f}; level or ahead (at least 0.92) on {sum(r >= 0.92 for r in ratios)}", flush=True)


if __name__ == "__main__":
    main()
