#!/bin/bash
set -eu
cd "$(dirname "$0")"
source ../hello-world/app.sh

response=$(handler '{}')
[[ $response == *'"statusCode": 200'* && $response == *'hello world'* ]] || {
	echo "unexpected response: $response"
	exit 1
}
echo ok
