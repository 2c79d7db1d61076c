#!/bin/bash -eu
# Builds every fuzz target for ClusterFuzzLite: programs, seeds, dictionaries and options go to $OUT, under names
# that belong together. The base image sets SRC, OUT, SANITIZER, FUZZING_ENGINE and RUSTFLAGS, and has nightly Rust
# and cargo-fuzz; which targets there are the manifest says.
cd "$SRC/assay"

case "${SANITIZER:-address}" in
    address) arguments=() ;;
    coverage) arguments=(--sanitizer none) ;; # the image's RUSTFLAGS ask for coverage
    none) arguments=(--sanitizer none) ;;
    *)
        echo "sanitizer $SANITIZER is not for Rust" >&2
        exit 1
        ;;
esac

cargo fuzz build --release "${arguments[@]}"
host=$(rustc -vV | sed -n 's/^host: //p')
for target in $(cargo fuzz list); do
    # The floor of a driver's speed; nothing can be found in it.
    [ "$target" = empty ] && continue
    cp "${CARGO_TARGET_DIR:-fuzz/target}/$host/release/$target" "$OUT/"
    cp "fuzz/options/$target.options" "$OUT/"
    if [ -f "fuzz/dictionaries/$target.dict" ]; then cp "fuzz/dictionaries/$target.dict" "$OUT/"; fi
    if [ -d "fuzz/seeds/$target" ]; then
        (cd "fuzz/seeds/$target" && zip -q -X "$OUT/${target}_seed_corpus.zip" -- *)
    fi
done
