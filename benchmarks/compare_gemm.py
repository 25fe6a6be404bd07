#!/usr/bin/env python3
"""Times matrix products beside OpenBLAS, oneDNN and LIBXSMM, product by product in turn.

  compare_gemm.py GEMM_BENCH GEMM_PEERS [--json FILE] [--quick]

Prints microseconds for each named product on one and two threads, the best library's over Cinta's (of each library the median
over the rounds), and for 200 random products how that ratio is spread. Every library must have computed the same element before
anything counts. OpenBLAS runs with the kernels it finds by itself and, on AVX-512, with its own for that; the better counts. On two
threads each may also use one, and LIBXSMM has one.
"""
import argparse, json, os, signal, statistics, subprocess, sys


class Library:
    """A program that times one product after the other, and stands still, its idle threads too, while others do."""

    def __init__(self, command, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        self.process = subprocess.Popen(command, env={**clean, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def time_next(self):
        """What it says of its next product; None after the last."""
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write("\n")
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line and self.process.wait() != 0:
            sys.exit(f"{' '.join(self.process.args)}: exit code {self.process.returncode}")
        if not line:
            return None
        self.process.send_signal(signal.SIGSTOP)
        return json.loads(line)

    def close(self):
        self.process.kill()
        self.process.wait()


def one_round(commands):
    """Of each product what each library says: all of them time it before one goes on to the next."""
    libraries = {name: Library(command, **environment) for name, (command, environment) in commands.items()}
    try:
        products = []
        while None not in (said := {name: library.time_next() for name, library in libraries.items()}).values():
            products.append(said)
        return products
    finally:
        for library in libraries.values():
            library.close()


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
        own = {"OMP_NUM_THREADS": count}
        commands = {"Cinta": ([options.bench, "json", count], own), "OpenBLAS": ([options.peers, "openblas", count], own)}
        if "avx512f" in open("/proc/cpuinfo").read():
            commands["OpenBLAS/X"] = ([options.peers, "openblas", count], {**own, "OPENBLAS_CORETYPE": "SkylakeX"})
        commands["oneDNN"] = ([options.peers, "onednn", count], own)
        alone = {"OMP_NUM_THREADS": "1"}
        if threads > 1:  # what a library does better on one thread counts as it is
            commands["OpenBLAS, 1"] = ([options.peers, "openblas", "1"], alone)
            commands["oneDNN, 1"] = ([options.peers, "onednn", "1"], alone)
        commands["LIBXSMM"] = ([options.peers, "libxsmm", "1"], alone)
        rounds = [one_round(commands) for _ in range(3 if options.quick else 9)]
        print(f"\n{threads} thread{'s'[:threads - 1]}, us:{'':<11}" + "".join(f"{name:>12}" for name in commands) + f"{'best/Cinta':>12}")
        ratios = []
        for said in zip(*rounds):  # of one product, in every round
            shape = said[0]["Cinta"]
            for name, theirs in said[0].items():
                if abs(shape["c"] - theirs["c"]) > 1e-3 * max(1, abs(shape["c"])):
                    sys.exit(f"{name} computes another product: {theirs}, not {shape}")
            medians = {name: statistics.median(r[name]["us"] for r in said) for name in commands}
            peers = {name: statistics.median(r[name]["us"] / r["Cinta"]["us"] for r in said) for name in commands if name != "Cinta"}
            best, ratio = min(peers.items(), key=lambda peer: peer[1])
            name = f"gemm_{shape['m']}x{shape['n']}x{shape['k']}_{shape['transposed']}"
            json.dump({"case": name, "cinta_us": medians["Cinta"], "best": best, "best_us": medians[best], "ratio": ratio, "threads": threads}, file)
            file.write("\n")
            if shape["named"]:
                print(f"{name:<24}" + "".join(f"{us:>12.3f}" for us in medians.values()) + f"{ratio:>12.2f}")
            else:
                ratios.append(ratio)
        ratios.sort()
        print(f"{len(ratios)} random products, the best library over Cinta: median {statistics.median(ratios):.2f}, a tenth below "
              f"{ratios[len(ratios) // 10]:.2f}, the least {ratios[0]:.2f}; level or ahead (at least 0.92) on {sum(r >= 0.92 for r in ratios)}", flush=True)


if __name__ == "__main__":
    main()
