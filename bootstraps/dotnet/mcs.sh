#!/bin/sh
# Compiles C# for .NET Core with mono's compiler: mcs.sh FRAMEWORK ARGUMENTS...
# FRAMEWORK is the directory of the assemblies of .NET Core 2.0, the oldest that is to run the result, which has no
# reference assemblies: .../shared/Microsoft.NETCore.App/2.0.0
set -eu
framework=$1
shift
for assembly in "$framework"/System.*.dll "$framework"/Microsoft.Win32.Primitives.dll; do
	set -- "$@" "-r:$assembly"
done
# 1702: the runtime's assemblies name different versions of each other, of which there is but one.
exec mcs -nologo -nostdlib -noconfig -nowarn:1702 -langversion:7 "$@"
