# Samples → result. Seconds; ratios are WorkerPool over Deployment.
def round3: . * 1000 | round / 1000;
def quantile(q): sort | ((length - 1) * q) as $at | .[$at | floor] as $low | .[$at | ceil] as $high
    | $low + ($high - $low) * ($at - ($at | floor));
def summary: {median: quantile(0.5) | round3, quartiles: [quantile(0.25), quantile(0.75)] | map(round3), range: [min, max] | map(round3)};
# A B B A A B B A …: the second of one pair and the first of the next are neighbours of a kind.
def neighbours: [range(0; length - 1; 2) as $i | [.[$i], .[$i + 1]] | max / min] | quantile(0.5) | round3;

. as $samples
| def of(kind): [$samples[] | select(.kind == kind) | .seconds];
{
  benchmark: "pool-start",
  date: $date, commit: $commit,
  machine: {cpus: ($cpus | tonumber), kernel: $kernel, docker: $docker, kubernetes: $kubernetes},
  replicas: ($replicas | tonumber),
  pool: of("pool") | summary,
  plain: of("plain") | summary,
  ratio: [group_by(.pair)[] | (.[] | select(.kind == "pool") | .seconds) / (.[] | select(.kind == "plain") | .seconds)] | summary,
  noise: {pool: (of("pool")[1:] | neighbours), plain: (of("plain") | neighbours)},
  workerStart: [$samples[].workers[]] | summary,
  samples: $samples
}
