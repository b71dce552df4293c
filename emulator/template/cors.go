package template

import "strings"

// restCORS reads the Cors of an API of SAM: the origin, or a map of values of
// headers. SAM makes mocks of it, whose values are quoted.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html
func (f *routeFinder) restCORS(a *api, v *Value) *CORS {
	var c CORS
	switch {
	case v == nil || v.IsScalar() && v.Text == "":
		return nil
	case v.Kind == Map:
		c.Origins = []string{"*"}
		if origin := v.Get("AllowOrigin"); origin != nil {
			c.Origins = f.header(a, origin, "AllowOrigin")
		}
		c.Methods = f.header(a, v.Get("AllowMethods"), "AllowMethods")
		c.Headers = f.header(a, v.Get("AllowHeaders"), "AllowHeaders")
		c.MaxAge = strings.Join(f.header(a, v.Get("MaxAge"), "MaxAge"), "")
		c.Credentials = v.Get("AllowCredentials").text() == "true"
	default:
		c.Origins = f.header(a, v, "Cors")
	}
	if !a.openPreflight {
		c.Authorizer = a.authorizers[a.fallback].Authorizer
	}
	return &c
}

// header is the value of a header as a list of one, or nil if there is none.
func (f *routeFinder) header(a *api, v *Value, property string) []string {
	switch {
	case v == nil:
		return nil
	case !v.IsScalar():
		f.template.warn(v, a.ID, "%s is not a string that is known locally: preflights are answered without that header", property)
		return nil
	}
	return []string{unquote(v.Text)}
}

// unquote removes the quotes of a constant in a mapping of API Gateway.
func unquote(text string) string {
	if len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return text[1 : len(text)-1]
	}
	return text
}

// httpCORS reads the CorsConfiguration of an HTTP API: a map; or true, which
// allows all origins. What it does not say is in the definition.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
func (f *routeFinder) httpCORS(a *api, property, definition *Value) *CORS {
	if property.text() == "false" {
		property = nil
	}
	if property == nil && definition == nil {
		return nil
	}
	get := func(key string) *Value {
		v := property.Get(key)
		if v == nil {
			v = definition.Get(strings.ToLower(key[:1]) + key[1:])
		}
		if v != nil && findUnresolved(v) != nil {
			f.template.warn(v, a.ID, "%s is not known locally: nothing is allowed by it", key)
		}
		return v
	}
	c := &CORS{
		Origins: texts(get("AllowOrigins")), Methods: texts(get("AllowMethods")), Headers: texts(get("AllowHeaders")),
		Expose: texts(get("ExposeHeaders")), MaxAge: get("MaxAge").text(), Credentials: get("AllowCredentials").text() == "true",
	}
	switch {
	case property.text() == "true":
		c.Origins = []string{"*"}
	case property.IsScalar(): // an origin, as a function may give it
		c.Origins = []string{property.Text}
	}
	return c
}
