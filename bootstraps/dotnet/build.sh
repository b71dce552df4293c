#!/bin/sh
# Compiles the bootstrap into dist/: build.sh FRAMEWORK (see mcs.sh)
set -eu
framework=$1
cd "$(dirname "$0")"

references=$(mktemp -d)
trap 'rm -rf "$references"' EXIT
core=$references/Amazon.Lambda.Core.dll
sh mcs.sh "$framework" -target:library "-out:$core" reference/Amazon.Lambda.Core.cs
sh mcs.sh "$framework" -optimize -unsafe "-r:$core" -out:dist/LambdaBootstrap.dll ./*.cs
