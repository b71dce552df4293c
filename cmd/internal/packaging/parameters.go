package packaging

// A Parameter is one of a template.
type Parameter struct {
	Name        string
	Description string
	Default     string
	HasDefault  bool
	Secret      bool // NoEcho
}

// Parameters are those of the template, in its order.
func (p *Package) Parameters() []Parameter {
	var parameters []Parameter
	for _, entry := range p.document.root.Get("Parameters").Children() {
		parameter := Parameter{Name: entry.Key}
		if value := entry.Value.Get("Default"); value != nil {
			parameter.Default, parameter.HasDefault = value.Text, true
		}
		if value := entry.Value.Get("Description"); value.IsScalar() {
			parameter.Description = value.Text
		}
		if value := entry.Value.Get("NoEcho"); value.IsScalar() {
			parameter.Secret = value.Text == "true"
		}
		parameters = append(parameters, parameter)
	}
	return parameters
}
