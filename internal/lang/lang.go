// Package lang translates what gorae prints. Packages write English; the command's screen hands each line to a
// [Translator], which finds the format of the catalogue that the line was printed by, takes its arguments out of it,
// and prints them by the format of the other language.
//
// A catalogue is a text file (folder ko): the English format, as the source has it, and below it the Korean one. An
// argument of the Korean format is %s where the text stays as it is, such as a file, a column or a class of the user's,
// and %m where it is a message that is translated itself. What is in no catalogue is printed in English. The source
// needs to know nothing of languages, so that the same holds for sentences that were read from a run's metrics.json,
// and for errors of other modules.
package lang

import (
	"fmt"
	"strings"
)

// Language is a language of gorae's output, by its ISO 639 code.
type Language string

// The languages of the output.
const (
	English Language = "en"
	Korean  Language = "ko"
)

// Languages lists the languages.
func Languages() []string { return []string{string(English), string(Korean)} }

// Parse returns the language of a code or of the name of a locale, such as ko or ko_KR.UTF-8.
func Parse(name string) (Language, error) {
	code, _, _ := strings.Cut(name, ".")
	code, _, _ = strings.Cut(code, "@")
	code, _, _ = strings.Cut(strings.ReplaceAll(code, "-", "_"), "_")
	switch l := Language(strings.ToLower(code)); l {
	case English, Korean:
		return l, nil
	}
	return English, fmt.Errorf("%q is no language of the output; give %s", name, strings.Join(Languages(), " or "))
}

// Of returns the language of an environment as POSIX orders its variables: the first of LC_ALL, LC_MESSAGES and LANG
// that is not empty decides. It is English for a locale of another language, and for one whose characters are not
// UTF-8, in which Korean could not be shown.
func Of(getenv func(string) string) Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		locale := getenv(name)
		if locale == "" {
			continue
		}
		l, err := Parse(locale)
		_, charset, named := strings.Cut(locale, ".")
		charset, _, _ = strings.Cut(strings.ToLower(charset), "@")
		if err != nil || named && charset != "utf-8" && charset != "utf8" {
			return English
		}
		return l
	}
	return English
}
