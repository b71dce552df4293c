package bootstraps

// Functions of these are programs themselves.
var (
	goTraits     = traits{name: "Go"}
	customTraits = traits{name: "custom"}
)
