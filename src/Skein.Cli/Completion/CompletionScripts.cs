namespace Skein.Cli.Completion;

/// <summary>What shells run to complete command lines: they ask the program itself.</summary>
internal static class CompletionScripts
{
    /// <summary>The script for bash, also for a program of another name.</summary>
    public static string Bash(string program) => $$"""
        # Completion of {{program}} for bash. Load it with: source <({{program}} completion bash)
        _{{program}}_complete() {
            local IFS=$'\n' current="${COMP_WORDS[COMP_CWORD]}" line="${COMP_LINE:0:COMP_POINT}"
            # Bash divides words at colons and equal signs; what is before the last of them is not offered again.
            local typed="${line##*[[:space:]]}"
            local found
            found="$({{program}} __complete "$line" 2>/dev/null)" || return 0
            COMPREPLY=()
            local one
            for one in $found; do
                if [[ "$one" == "$typed"* ]]; then
                    COMPREPLY+=("${one#"${typed%"$current"}"}")
                fi
            done
            if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == */ ]]; then
                compopt -o nospace
            fi
        }
        complete -o default -F _{{program}}_complete {{program}}
        """;

    /// <summary>The script for zsh.</summary>
    public static string Zsh(string program) => $$"""
        #compdef {{program}}
        # Completion of {{program}} for zsh. Load it with: source <({{program}} completion zsh)
        _{{program}}() {
            local -a found
            found=("${(@f)$({{program}} __complete "${BUFFER[1,CURSOR]}" 2>/dev/null)}")
            found=("${(@)found:#}")
            if (( ${#found} )); then
                compadd -Q -U -- "${(@M)found:#${words[CURRENT]}*}"
            else
                _files
            fi
        }
        compdef _{{program}} {{program}}
        """;
}
