package config

import "github.com/spf13/pflag"

// Alias lets a flag go by a second name, as some of SAM CLI's do.
func Alias(flags *pflag.FlagSet, alias, name string) {
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, given string) pflag.NormalizedName {
		if given == alias {
			given = name
		}
		return pflag.NormalizedName(given)
	})
}
