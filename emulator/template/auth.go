package template

// readAuth reads the Auth of an API of SAM.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-httpapiauth.html
func (f *routeFinder) readAuth(a *api, auth *Value) {
	a.unknown = isUnresolved(auth) || isUnresolved(auth.Get("Authorizers"))
	for _, entry := range f.entries(auth.Get("Authorizers")) {
		a.authorizers[entry.Key] = authorizer{f.samAuthorizer(a, entry), texts(entry.Value.Get("AuthorizationScopes"))}
	}
	// SAM's HTTP APIs never guard OPTIONS by default, its REST APIs do.
	a.openPreflight = a.Kind == kindHTTP || auth.Get("AddDefaultAuthorizerToCorsPreflight").text() == "false"
	fallback := auth.Get("DefaultAuthorizer")
	if fallback.text() == "" {
		return
	}
	a.fallback = fallback.Text
	f.samNamed(a, fallback)
}

func isUnresolved(v *Value) bool { return v != nil && v.Kind == Unresolved }

// samNamed is the authorizer of an API of SAM with the given name. Nothing has
// to declare that of IAM.
func (f *routeFinder) samNamed(a *api, name *Value) authorizer {
	z, known := a.authorizers[name.Text]
	switch {
	case !known && name.Text == authorizerIAM:
		z.Authorizer = &Authorizer{Name: authorizerIAM, Kind: authorizerIAM, At: name.At}
		a.authorizers[authorizerIAM] = z
	case a.unknown:
		f.template.warn(name, a.ID, "the authorizer %s is not known locally: what it guards is open", name.Text)
	case !known:
		f.fault(name, "the authorizer %s is not among the Auth.Authorizers of %s", name.Text, a.ID)
	}
	return z
}

// samAuthorizer reads one of the Authorizers.
func (f *routeFinder) samAuthorizer(a *api, entry Entry) *Authorizer {
	v := entry.Value
	identity := v.Get("Identity")
	z := &Authorizer{Name: entry.Key, At: entry.At, Kind: AuthorizerRequest, Function: f.fullPath(f.function(v.Get("FunctionArn"), nil))}
	tokens := tokenSource(a.Kind, "Authorization")
	switch {
	case a.Kind == kindHTTP && v.Get("JwtConfiguration") != nil:
		z.Kind, z.Sources = AuthorizerJWT, sources(v.Get("IdentitySource"))
		if len(z.Sources) == 0 {
			z.Sources = []string{tokens}
		}
	case a.Kind == kindHTTP:
		z.Sources = samSources(identity, "$", "$request.")
	case v.Get("FunctionPayloadType").text() == AuthorizerRequest:
		z.Sources = samSources(identity, "", "method.request.")
	default:
		z.Kind, z.Validation = AuthorizerToken, identity.Get("ValidationExpression").text()
		if v.Get("UserPoolArn") != nil {
			z.Kind = "COGNITO_USER_POOLS"
		}
		if header := identity.Get("Header").text(); header != "" {
			tokens = tokenSource(a.Kind, header)
		}
		z.Sources = []string{tokens}
	}
	f.finish(z, a, v, identity.Get("ReauthorizeEvery"), v.Get("AuthorizerPayloadFormatVersion"))
	return z
}

// samSources writes the parts of an Identity as identity sources.
func samSources(identity *Value, dollar, request string) []string {
	var list []string
	for _, part := range []struct{ property, prefix string }{
		{"Headers", request + "header."}, {"QueryStrings", request + "querystring."},
		{"StageVariables", dollar + "stageVariables."}, {"Context", dollar + "context."},
	} {
		for _, name := range texts(identity.Get(part.property)) {
			list = append(list, part.prefix+name)
		}
	}
	return list
}

// guardEvent finds the authorizer of an event: the one that its Auth names,
// else the default.
func (f *routeFinder) guardEvent(route *Route, a *api, auth *Value) {
	switch name := auth.Get("Authorizer"); {
	case name.text() == "NONE":
		return
	case name.text() != "":
		z := f.samNamed(a, name)
		route.Authorizer, route.Scopes = z.Authorizer, z.scopes
	case name != nil:
		f.template.warn(name, a.ID, "the authorizer of %s %s is not known locally: the route is open", route.Method, route.Path)
		return
	default:
		a.guard(route)
	}
	if scopes := texts(auth.Get("AuthorizationScopes")); len(scopes) > 0 && route.Authorizer != nil {
		route.Scopes = scopes
	}
}
