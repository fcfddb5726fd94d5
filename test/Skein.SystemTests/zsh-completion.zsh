# Types command lines into a zsh on a terminal of its own, each with Tab at its end, and prints what becomes of them.
# Usage: zsh -f zsh-completion.zsh PROGRAM FOLDER LINE...
zmodload zsh/zpty zsh/zselect
program=$1 folder=$2
shift 2
zpty typed "TERM=dumb exec zsh -f -i"
# Waits until a file is there; what the terminal shows meanwhile is taken, so that it never has to wait.
await() {
    local shown tries=0
    until [[ -e $1 ]]; do
        (( ++tries <= 600 )) || { print -u2 "no $1: $shown"; exit 1 }
        zpty -r -t typed shown
        zselect -t 5
    done
}
zpty -w typed "PS1= RPS1=; autoload -Uz compinit && compinit -u -D
source <($program completion zsh)
finished() { print -r -- \"\$BUFFER\" > $folder/next && mv $folder/next $folder/line; BUFFER= }
zle -N finished; bindkey '^X^F' finished
: > $folder/ready"
await $folder/ready
for line in "$@"; do
    zpty -w -n typed "$line"$'\t\x18\x06'
    await $folder/line
    print -r -- "$(<$folder/line)|"
    rm $folder/line
done
zpty -d typed
