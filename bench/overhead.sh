#!/bin/sh
# The same worktrees, agents, commits and merges as hew's 40 tasks on 4 slots, by hand: what no tool can do without.
# usage: overhead.sh <project> <folder for worktrees> <agent> <tasks> <slots>
set -eu
project=$1 folder=$2 agent=$3 tasks=$4 slots=$5
cd "$project"
mkdir -p "$folder"
git update-ref refs/heads/loop/trunk HEAD

slot() {
  n=$1
  worktree="$folder/$n"
  flock "$folder/worktree.lock" git worktree add -q --no-track --no-checkout -b "loop/w$n" "$worktree" HEAD
  cd "$worktree"
  task=$n
  while [ "$task" -lt "$tasks" ]; do
    base=$(git rev-parse refs/heads/loop/trunk)
    git symbolic-ref HEAD "refs/heads/loop/w$n"
    git reset -q --hard "$base"
    git clean -ffdq
    HEW_TASK_ID="app-$((task + 1))" "$agent" >/dev/null </dev/null
    (
      flock 9
      trunk=$(git rev-parse refs/heads/loop/trunk)
      tree=$(git merge-tree --write-tree "$trunk" HEAD)
      merge=$(git commit-tree "$tree" -p "$trunk" -p HEAD -m "Merge branch 'loop/w$n'")
      git update-ref refs/heads/loop/trunk "$merge" "$trunk"
      git update-ref "refs/heads/loop/w$n" "$merge"
    ) 9>"$folder/merge.lock"
    task=$((task + slots))
  done
}

n=0
while [ "$n" -lt "$slots" ]; do
  slot "$n" &
  n=$((n + 1))
done
wait
git merge -q --ff-only refs/heads/loop/trunk
n=0
while [ "$n" -lt "$slots" ]; do
  git worktree remove --force "$folder/$n"
  git branch -qD "loop/w$n"
  n=$((n + 1))
done
git branch -qD loop/trunk
