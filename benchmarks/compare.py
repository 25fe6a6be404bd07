#!/usr/bin/env python3
"""Times Cinta's steps beside their floors and beside libtorch, in turn in the same run, and prints one table.

  compare.py STEPS [--peer LIBTORCH_STEPS] [--json FILE] [--quick] [--cases a,b,…]

Each case runs in processes of its own, A B A B …; figures are medians over the rounds. A ratio and a fraction are those of one
round, whose parts run within seconds of each other, and then the median: a neighbour on the machine comes and goes. Both must
have the same losses before anything counts. libtorch runs at its best of one and two threads and, where the processor has
AVX-512, with OpenBLAS's kernels for it, always with glibc told to keep its memory. The floor is what a step's arithmetic and
bytes take at the machine's own rates, measured in the same round: bytes at the triad bandwidth of the smallest cache that holds
them, or of memory; for SiLU, a loop written by hand with xsimd and TBB. After a ratio stand the quartiles of the rounds'. Rows of
two threads also say what a line of the cache takes to the other core and back, for cores that share no cache have nothing else in
common. --scaling sets two threads beside one, on cases of Cinta alone.
"""
import argparse, json, os, statistics, subprocess, sys

CASES = ["tiny_forward", "tiny_backward", "a", "b", "c", "d", "e", "adamw_1", "adamw_100", "silu_forward", "silu_backward", "softmax_xent"]
SERIAL = {"tiny_forward", "tiny_backward", "a", "b"}  # too small for a second thread
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_TOP_PAD_": "67108864"}


def run(command, **environment):
    """What the process printed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    done = subprocess.run(command, env={**clean, **environment}, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")
    return json.loads(done.stdout.strip().split("\n")[-1])


def settings(threads):
    """How libtorch is tried."""
    kernels = [{}]
    if "avx512f" in open("/proc/cpuinfo").read():
        kernels.append({"OPENBLAS_CORETYPE": "SkylakeX"})
    return [(t, {**KEEP_MEMORY, **k, "OMP_NUM_THREADS": str(t)}) for t in range(1, threads + 1) for k in kernels]


def agree(name, ours, theirs):
    for a, b in zip(ours["losses"], theirs["losses"]):
        if abs(a - b) > 1e-4 * max(abs(a), abs(b), 1e-3):
            sys.exit(f"{name}: the losses differ, so nothing is compared: {ours['losses']} and libtorch {theirs['losses']}")


def microseconds(us):
    return f"{us:,.3f}" if us < 10 else f"{us:,.1f}" if us < 1000 else f"{us:,.0f}"


def floor_us(case, limit):
    """What a case takes at the least, by the machine's limits."""
    moved = case["bytes"]
    level = min((int(size) for size in limit["gbytes"] if int(size) >= moved), default=max(int(size) for size in limit["gbytes"]))
    return case["flops"] / limit["gflops"] / 1e3 + moved / limit["gbytes"][str(level)] / 1e3


def median_ratio(over, under):
    """Of figures taken in turn."""
    return statistics.median(a / b for a, b in zip(over, under))


def limits_of(steps, threads):
    return run([steps, "limits"], CINTA_NUM_THREADS=str(threads))


def medians_of(limits):
    """Of the machine's limits in several rounds."""
    middle = lambda key: statistics.median(limit[key] for limit in limits)
    return {"gflops": middle("gflops"), "gbytes": {size: statistics.median(limit["gbytes"][size] for limit in limits) for size in limits[0]["gbytes"]},
            "round_trip_ns": middle("round_trip_ns")}


def print_limits(limit, threads):
    rates = ", ".join(f"{rate:.0f} ({int(size) / 1e6:.3g} MB)" for size, rate in limit["gbytes"].items())
    print(f"{threads} thread{'s'[:threads - 1]}: {limit['gflops']:.0f} GFLOP/s of f32 multiply-adds, GB/s of triad {rates}"
          + (f"; {limit['round_trip_ns']:.0f} ns from core to core and back" if threads > 1 else ""), flush=True)


def scaling(options, rounds):
    print(f"{'case':<14}{'1 thread, µs':>14}{'2 threads':>14}{'gain':>8}{'core to core, ns':>18}")
    with open(options.json, "a") as file:
        for name, alone in [("c", "c"), ("d", "d"), ("e", "e"), ("b_1024_shards", "b_1024")]:
            one, two, trips = [], [], []
            for _ in range(rounds):
                one.append(run([options.steps, alone], CINTA_NUM_THREADS="1")["us"])
                two.append(run([options.steps, name], CINTA_NUM_THREADS="2")["us"])
                trips.append(limits_of(options.steps, 2)["round_trip_ns"])
            row = {"case": f"scaling_{name}", "one_us": statistics.median(one), "two_us": statistics.median(two), "gain": median_ratio(one, two),
                   "round_trip_ns": statistics.median(trips)}
            print(f"{name:<14}{microseconds(row['one_us']):>14}{microseconds(row['two_us']):>14}{row['gain']:>8.2f}{row['round_trip_ns']:>18.0f}", flush=True)
            json.dump(row, file)
            file.write("\n")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("steps")
    options.add_argument("--peer")
    options.add_argument("--json", default=os.devnull)
    options.add_argument("--quick", action="store_true", help="three rounds instead of nine")
    options.add_argument("--cases", default=",".join(CASES))
    options.add_argument("--scaling", action="store_true", help="two threads beside one")
    options = options.parse_args()
    rounds = 3 if options.quick else 9
    if options.scaling:
        return scaling(options, rounds)
    threads = min(2, os.cpu_count())
    all_limits = {t: [] for t in range(1, threads + 1)}
    print(f"{'case':<14}{'threads':>8}{'Cinta, µs':>14}{'floor, µs':>12}{'of floor':>10}{'libtorch, µs':>14}{'ratio':>8}{'quartiles':>14}{'peak MB':>14}{'core to core, ns':>18}")
    with open(options.json, "a") as file:
        for name in options.cases.split(","):
            best = None  # libtorch's setting
            if options.peer:
                tried = [(statistics.median(run([options.peer, name, str(t)], **e)["us"] for _ in range(2)), t, e) for t, e in settings(threads)]
                best = min(tried, key=lambda x: x[0])
            for count in [1] if name in SERIAL else range(1, threads + 1):
                ours, theirs, floors, limits = [], [], [], []
                for _ in range(rounds):
                    mine = run([options.steps, name], CINTA_NUM_THREADS=str(count))
                    ours.append(mine["us"])
                    if name not in SERIAL or mine["bytes"]:
                        limits.append(limits_of(options.steps, count))
                        floors.append(mine["floor_us"] or floor_us(mine, limits[-1]))
                    if best:
                        peer = run([options.peer, name, str(best[1])], **best[2])
                        agree(name, mine, peer)
                        theirs.append(peer["us"])
                row = {"case": name, "threads": count, "cinta_us": statistics.median(ours), "libtorch_us": None, "ratio": None, "floor_us": None,
                       "floor_fraction": None, "limits": None, "quartiles": None, "peak_mb": f"{mine['peak_mb']:.0f}" + (f" / {peer['peak_mb']:.0f}" if best else "")}
                if theirs:
                    row |= {"libtorch_us": statistics.median(theirs), "ratio": median_ratio(theirs, ours)}
                    first, _, third = statistics.quantiles([b / a for a, b in zip(ours, theirs)], n=4, method="inclusive")
                    row["quartiles"] = [first, third]
                if floors:
                    row |= {"floor_us": statistics.median(floors), "floor_fraction": median_ratio(floors, ours), "limits": medians_of(limits)}
                    all_limits[count] += limits
                cell = lambda key, text: text(row[key]) if row[key] else "–"
                print(f"{name:<14}{count:>8}{microseconds(row['cinta_us']):>14}{cell('floor_us', microseconds):>12}"
                      f"{cell('floor_fraction', lambda f: f'{100 * f:.0f} %'):>10}{cell('libtorch_us', microseconds):>14}"
                      f"{cell('ratio', lambda r: f'{r:.2f}'):>8}{cell('quartiles', lambda q: f'{q[0]:.3g} to {q[1]:.3g}'):>14}{row['peak_mb']:>14}"
                      f"{cell('limits', lambda limit: '%.0f' % limit['round_trip_ns'] if count > 1 else '–'):>18}", flush=True)
                json.dump(row, file)
                file.write("\n")
    if any(all_limits.values()):
        print("\nthe machine, medians over all rounds of all cases")
    for count, limits in all_limits.items():
        if limits:
            print_limits(medians_of(limits), count)


if __name__ == "__main__":
    main()
