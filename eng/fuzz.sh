#!/usr/bin/env bash
# Fuzzes the readers of untrusted files with AFL++ and SharpFuzz, one after the other. docs/fuzzing.md explains it.
#
#     eng/fuzz.sh [-s SECONDS] [-o FOLDER] [-c SECONDS] [READER...]
#
#   -s  seconds for each reader (default 600)
#   -o  where inputs and findings are kept (default artifacts/fuzz); a second run goes on where the first one stopped
#   -c  seconds in all: readers take turns of -s seconds until they are over (default: one turn each)
#
# Prints how many inputs each reader was given. The exit code is 1 when one of them crashed or hung, 2 when a tool is missing.
set -u
cd "$(dirname "$0")/.." || exit 2
seconds=600 out=artifacts/fuzz total=0
while getopts 's:o:c:' option; do
  case $option in
    s) seconds=$OPTARG ;;
    o) out=$OPTARG ;;
    c) total=$OPTARG ;;
    *) sed -n '2,10p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
command -v afl-fuzz > /dev/null || { echo "fuzz: afl-fuzz is missing; on Debian: apt-get install afl++" >&2; exit 2; }
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 2

# A copy of the program whose reader carries coverage counters; the build's own output stays as it is.
dotnet publish tests/WeightWatcher.Fuzz -c Release -v quiet --disable-build-servers -o "$out/program.new" || exit 2
rm -rf "$out/program" && mv "$out/program.new" "$out/program" || exit 2
program=$out/program/WeightWatcher.Fuzz
cp "$out/program/WeightWatcher.dll" "$out/WeightWatcher.dll" && dotnet "$program.dll" instrument "$out/WeightWatcher.dll" && mv "$out/WeightWatcher.dll" "$out/program/WeightWatcher.dll" || exit 2

[ $# -gt 0 ] || set -- $(dotnet "$program.dll" list)
corpus=tests/WeightWatcher.Fuzz/corpus

# How dotnet runs is fixed, so that the same input takes the same path; memory is bounded, so that a runaway allocation is a finding.
export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_AUTORESUME=1 AFL_FORKSRV_INIT_TMOUT=600000
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" weightwatcher-fuzz.XXXXXX) || exit 2
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch
export DOTNET_gcServer=0 DOTNET_GCgen0size=4000000 DOTNET_GCHeapHardLimit=30000000 DOTNET_TieredPGO=0

fuzz() {
  local reader=$1 findings=$out/$1 dictionary=()
  mkdir -p "$findings"
  [ -f "$corpus/$reader/words.dict" ] && dictionary=(-x "$corpus/$reader/words.dict")
  afl-fuzz -i "$corpus/$reader/seeds" -o "$findings" -V "$seconds" -t 10000 -m none "${dictionary[@]}" -- dotnet "$program.dll" run "$reader" > "$findings/log.txt" 2>&1
  local stats=$findings/default/fuzzer_stats
  [ -f "$stats" ] || { echo "fuzz: $reader did not start:"; tail -5 "$findings/log.txt"; return 1; }
  value() { sed -n "s/^$1 *: //p" "$stats"; }
  printf '%s\t%s\t%s\n' "$reader" "$(value execs_done)" "$(value run_time)" >> "$out/turns.tsv"
  local crashes hangs
  crashes=$(find "$findings/default/crashes" -name 'id:*' | wc -l)
  hangs=$(find "$findings/default/hangs" -name 'id:*' | wc -l)
  printf '%-20s %12s executions  %6s s  %5s inputs  %7s edges  %s crashes  %s hangs\n' "$reader" "$(value execs_done)" "$(value run_time)" "$(value corpus_count)" "$(value edges_found)" "$crashes" "$hangs"
  [ "$crashes" = 0 ] && [ "$hangs" = 0 ]
}

failed=0 start=$SECONDS
while :; do
  for reader in "$@"; do
    fuzz "$reader" || failed=1
    [ "$total" -gt 0 ] && [ $((SECONDS - start)) -ge "$total" ] && break 2
  done
  [ "$total" -gt 0 ] || break
done
exit $failed
