package config

import (
	"strconv"

	"github.com/spf13/pflag"
)

// Alias lets a flag go by a second name, as some of SAM CLI's do.
func Alias(flags *pflag.FlagSet, alias, name string) {
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, given string) pflag.NormalizedName {
		if given == alias {
			given = name
		}
		return pflag.NormalizedName(given)
	})
}

// Negate adds a flag --no-NAME that is the opposite of another one, and counts
// as that.
func Negate(flags *pflag.FlagSet, name, usage string) {
	flags.VarPF(&opposite{flags, name}, "no-"+name, "", usage).NoOptDefVal = "true"
}

type opposite struct {
	flags *pflag.FlagSet
	of    string
}

func (o *opposite) Set(value string) error {
	on, err := strconv.ParseBool(value)
	if err != nil {
		return err
	}
	return o.flags.Set(o.of, strconv.FormatBool(!on))
}

func (o *opposite) String() string { return "false" } // what is not given
func (o *opposite) Type() string   { return "bool" }
