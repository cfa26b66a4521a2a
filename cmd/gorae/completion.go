package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"gorae/internal/reference"
	"gorae/internal/words"
)

type completeWords struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help returns the text of gorae completion --help.
func (completeWords) Help() string {
	return `bash: gorae completion bash > /etc/bash_completion.d/gorae, or eval "$(gorae completion bash)" in ~/.bashrc
zsh:  gorae completion zsh > "${fpath[1]}/_gorae"
fish: gorae completion fish > ~/.config/fish/completions/gorae.fish`
}

// Run prints the script.
func (w completeWords) Run(o *environment, c *kong.Context) error {
	scripts := map[string]func(place) string{"bash": bash, "zsh": zsh, "fish": fish}
	_, err := io.WriteString(o.stdout, scripts[w.Shell](places(c.Model)))
	return err
}

// place is a command, with what may stand behind it.
type place struct {
	path  string // commands with blanks between, "" for the program
	help  string
	words []word // commands, and words that an argument may have
	flags []word
	files bool // an argument is a path
	below []place
}

type word struct {
	text, help string
	value      bool // a flag that takes a value
}

// places returns the commands of a program, as its flags and arguments are declared.
func places(app *kong.Application) place { return placeOf(app.Node, "", nil) }

func placeOf(n *kong.Node, path string, inherited []word) place {
	p := place{path: path, help: firstLine(n.Help), flags: inherited[:len(inherited):len(inherited)]}
	for _, f := range n.Flags {
		if !f.Hidden {
			p.flags = append(p.flags, word{"--" + f.Name, firstLine(f.Help), !f.IsBool()})
			if f.Tag.Negatable != "" {
				p.flags = append(p.flags, word{"--no-" + f.Name, firstLine(f.Help), false})
			}
		}
	}
	for _, child := range n.Children {
		if !child.Hidden {
			p.words = append(p.words, word{child.Name, firstLine(child.Help), false})
			p.below = append(p.below, placeOf(child, strings.TrimSpace(path+" "+child.Name), p.flags))
		}
	}
	for _, a := range n.Positional {
		switch {
		case a.Enum != "":
			for w := range strings.SplitSeq(a.Enum, ",") {
				p.words = append(p.words, word{w, "", false})
			}
		case path == "help":
			for _, t := range reference.Topics() {
				p.words = append(p.words, word{t.Word, t.Title, false})
			}
		default:
			p.files = true
		}
	}
	return p
}

// firstLine returns a help's first sentence, without what a shell reads as more than text.
func firstLine(help string) string {
	help, _, _ = strings.Cut(words.Unfill(help), "\n")
	help, _, _ = strings.Cut(help, ". ")
	return strings.NewReplacer("'", "’", `"`, "", "`", "", "$", "", `\`, "", "[", "(", "]", ")", ":", " –").
		Replace(strings.TrimSuffix(help, "."))
}

// all returns a place and all below it.
func (p place) all() []place {
	list := []place{p}
	for _, b := range p.below {
		list = append(list, b.all()...)
	}
	return list
}

func texts(words []word) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.text
	}
	return strings.Join(list, " ")
}

// bash returns the script for bash: the path of commands is read off the line, a flag's value and an argument are
// files.
func bash(top place) string {
	var b strings.Builder
	b.WriteString("# bash completion of gorae, printed by gorae completion bash\n_gorae() {\n" +
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} at= word words flags files=\n" +
		"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n\t\tcase \"$at $word\" in\n")
	var paths []string
	for _, p := range top.all()[1:] {
		from, name, ok := cutLast(p.path)
		if !ok {
			from, name = "", p.path
		}
		paths = append(paths, fmt.Sprintf("'%s %s'", from, name))
	}
	fmt.Fprintf(&b, "\t\t%s) at=\"${at:+$at }$word\" ;;\n\t\tesac\n\tdone\n\tcase \"$at\" in\n",
		strings.Join(paths, "|"))
	for _, p := range top.all() {
		files := ""
		if p.files {
			files = "1"
		}
		fmt.Fprintf(&b, "\t'%s') words='%s' flags='%s' files=%s ;;\n", p.path, texts(p.words), texts(p.flags), files)
	}
	b.WriteString("\tesac\n\tif [[ $cur == -* ]]; then\n\t\tCOMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"))\n" +
		"\telif [[ ${COMP_WORDS[COMP_CWORD-1]} == --* || $files ]]; then\n" +
		"\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- \"$cur\"))\n" +
		"\telse\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\tfi\n}\n" +
		"complete -o filenames -F _gorae gorae\n")
	return b.String()
}

func cutLast(path string) (from, name string, ok bool) {
	i := strings.LastIndexByte(path, ' ')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// zsh returns the script for zsh, with the helps beside the words.
func zsh(top place) string {
	var b strings.Builder
	b.WriteString("#compdef gorae\n# zsh completion of gorae, printed by gorae completion zsh\n_gorae() {\n" +
		"\tlocal at= word\n\tlocal -a list\n\tfor word in \"${words[@]:1:CURRENT-2}\"; do\n\t\tcase \"$at $word\" in\n")
	var paths []string
	for _, p := range top.all()[1:] {
		from, name, _ := cutLast(p.path)
		paths = append(paths, fmt.Sprintf("'%s %s'", from, name))
	}
	fmt.Fprintf(&b, "\t\t(%s)) at=\"${at:+$at }$word\" ;;\n\t\tesac\n\tdone\n\tcase \"$at\" in\n",
		strings.Join(paths, "|"))
	for _, p := range top.all() {
		fmt.Fprintf(&b, "\t('%s')\n\t\tif [[ $PREFIX == -* ]]; then list=(%s); else list=(%s); fi\n", p.path,
			described(p.flags), described(p.words))
		if p.files {
			b.WriteString("\t\t_files\n")
		}
		b.WriteString("\t\t;;\n")
	}
	b.WriteString("\tesac\n\t[[ ${words[CURRENT-1]} == --* ]] && _files\n\t_describe 'gorae' list\n}\n" +
		"if [[ $funcstack[1] == _gorae ]]; then _gorae \"$@\"; else compdef _gorae gorae; fi\n")
	return b.String()
}

func described(words []word) string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = "'" + w.text + ":" + w.help + "'"
	}
	return strings.Join(list, " ")
}

// fish returns the script for fish.
func fish(top place) string {
	var b strings.Builder
	b.WriteString("# fish completion of gorae, printed by gorae completion fish\ncomplete -c gorae -f\n")
	for _, p := range top.all() {
		seen := "__fish_use_subcommand"
		if p.path != "" {
			var parts []string
			for name := range strings.FieldsSeq(p.path) {
				parts = append(parts, "__fish_seen_subcommand_from "+name)
			}
			seen = strings.Join(parts, "; and ")
		}
		for _, w := range p.words {
			fmt.Fprintf(&b, "complete -c gorae -n '%s' -a %s -d '%s'\n", seen, w.text, w.help)
		}
		for _, f := range p.flags {
			value := ""
			if f.value {
				value = " -r -F"
			}
			fmt.Fprintf(&b, "complete -c gorae -n '%s' -l %s%s -d '%s'\n", seen, strings.TrimPrefix(f.text, "--"),
				value, f.help)
		}
		if p.files {
			fmt.Fprintf(&b, "complete -c gorae -n '%s' -F\n", seen)
		}
	}
	return b.String()
}
