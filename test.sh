#!/usr/bin/env bash
# Builds everything and runs every test. The last line is `N passed, N failed, N skipped`, counted from the results.
#   ./test.sh            all tests but those of Category=Long
#   ./test.sh --long     all tests
#   ./test.sh Hub        only the test projects whose name begins so
set -uo pipefail
cd "$(dirname "$0")"

long=false
only=""
for argument in "$@"; do
  case "$argument" in
    --long) long=true ;;
    -*) echo "unknown option $argument" >&2; exit 2 ;;
    *) only=$argument ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export LLMPLATFORM_ROOT="$PWD"
artifacts="${ArtifactsPath:-$PWD/artifacts/default}"
results="$artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"
export LLMPLATFORM_GOLDEN_REPORT="$results/golden.txt"

# What tests need and a fresh machine may lack. Without it those tests are skipped, with the reason.
install() { # COMMAND PACKAGE
  command -v "$1" > /dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "installing $2"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } > "$results/apt.log" 2>&1 \
      || echo "could not install $2: the tests that need $1 are skipped"
  else
    echo "$1 is missing (Debian: apt-get install $2): the tests that need it are skipped"
  fi
}
install node nodejs
install npm npm
install chromium chromium

node_tests=tests/Platform.Tests/node
if [ -f $node_tests/package-lock.json ] && command -v npm > /dev/null; then
  (cd $node_tests && npm ci --silent --no-audit --no-fund > "$results/npm.log" 2>&1) \
    || echo "npm ci failed in $node_tests: the tests that need it are skipped"
fi

echo "building"
if ! dotnet build LlmPlatform.sln --nologo -v quiet > "$results/build.log" 2>&1; then
  grep -E 'error|warning' "$results/build.log" | sort -u | head -50
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

passed=0 failed=0 skipped=0
attribute() { sed -n "s/.*<assembly [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -1; }

for folder in tests/*.Tests; do
  name=$(basename "$folder")
  case "$name" in "$only"*) ;; *) continue ;; esac
  echo "== $name"
  filter=()
  [ $long = true ] || filter=(-trait- Category=Long)
  start=$SECONDS
  dotnet "$artifacts/bin/$name/debug/LlmPlatform.$name.dll" \
    -noLogo -noColor "${filter[@]}" -longRunning 120 -maxThreads 2 -result-xml "$results/$name.xml" 2>&1 | grep -vE '^ *$'
  exit_code=${PIPESTATUS[0]}
  echo "   $((SECONDS - start)) s"
  if [ -s "$results/$name.xml" ]; then
    project_failed=$(($(attribute failed "$results/$name.xml") + $(attribute errors "$results/$name.xml")))
    passed=$((passed + $(attribute passed "$results/$name.xml")))
    skipped=$((skipped + $(attribute skipped "$results/$name.xml")))
    # A run that fails without a failed test (a crash on the way out) is a failure too.
    [ "$exit_code" != 0 ] && [ "$project_failed" = 0 ] && project_failed=1
    failed=$((failed + project_failed))
  else
    echo "$name ended with $exit_code and wrote no results"
    failed=$((failed + 1))
  fi
done

if [ -s "$LLMPLATFORM_GOLDEN_REPORT" ]; then
  echo "== golden cases"
  sort "$LLMPLATFORM_GOLDEN_REPORT"
fi

if [ "$failed" != 0 ]; then
  # Here too, where whoever sees only the end of a long output finds them.
  echo "== failed tests"
  grep -ho '<test [^>]*result="Fail"' "$results"/*.xml | sed 's/.* name="\([^"]*\)".*/\1/'
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
