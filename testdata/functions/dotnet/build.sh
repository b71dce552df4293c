#!/bin/sh
# Compiles the functions, each into its own directory: build.sh FRAMEWORK (see bootstraps/dotnet/mcs.sh)
set -eu
framework=$1
cd "$(dirname "$0")"
bootstrap=../../../bootstraps/dotnet

compile() {
	sh "$bootstrap/mcs.sh" "$framework" "$@"
}
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
core=$packages/Amazon.Lambda.Core.dll json=$packages/Amazon.Lambda.Serialization.Json.dll
compile -target:library "-out:$core" packages/Amazon.Lambda.Core.cs "$bootstrap/reference/Amazon.Lambda.Core.cs"
compile -target:library "-out:$json" "-r:$core" packages/JsonSerializer.cs

for source in hello/Hello shapes/Shapes context/Context errors/Errors broken/Broken exits/Exits logs/Logs; do
	compile -target:library "-out:$source.dll" "-r:$core" "-r:$json" "$source.cs"
	cp "$core" "$json" "$(dirname "$source")"
done
for source in bare/Bare newer/Newer; do
	compile -target:library "-out:$source.dll" "$source.cs"
done
compile -target:exe -out:executable/Executable.dll executable/Executable.cs
