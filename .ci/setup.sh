# shellcheck shell=bash source-path=SCRIPTDIR/..
# What demo.sh, test.sh, bench.sh and e2e/k3s-image/build.sh share; they source it from the root of the checkout, after
# setting `script` (their own path there) and `script_arguments`.

. .ci/lib/pins.sh     # versions and names
. .ci/lib/say.sh      # progress and errors
. .ci/lib/packages.sh # apt, with root rights
. .ci/lib/docker.sh   # a Docker that answers, or an error that helps
. .ci/lib/jdk.sh      # JDK 25 and Maven
. .ci/lib/toolbox.sh  # the same in a container, where the distribution has no JDK 25
. .ci/lib/tools.sh    # Go, kubectl, Helm, the chart's linters, an API server for tests
. .ci/lib/images.sh   # base, k3s, worker and operator image
. .ci/lib/cluster.sh  # k3s in Docker, the chart, pools
