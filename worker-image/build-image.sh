#!/usr/bin/env bash
# Builds the jars and the worker image. Usage: build-image.sh [TAG]   Needs: docker >= 23, a JDK 25 and mvn.
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -pl worker-image/task-api,worker-image/runtime,worker-image/tasks -am package -DskipTests
docker build -t "${1:-workerpool/worker:0.1.0}" worker-image
