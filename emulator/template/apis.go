package template

import (
	"slices"
	"strings"
)

// apiTypes are the types of resources that are APIs, and the properties of each
// that hold its definition (in the template, and in a file), the variables of its
// stage, and what it answers to web pages of other origins.
var apiTypes = map[string]struct{ kind, body, file, variables, cors string }{
	"AWS::Serverless::Api":     {kindREST, "DefinitionBody", "DefinitionUri", "Variables", "Cors"},
	"AWS::Serverless::HttpApi": {kindHTTP, "DefinitionBody", "DefinitionUri", "StageVariables", "CorsConfiguration"},
	"AWS::ApiGateway::RestApi": {kindREST, "Body", "BodyS3Location", "", ""},
	"AWS::ApiGatewayV2::Api":   {kindHTTP, "Body", "BodyS3Location", "", "CorsConfiguration"},
}

// An api is an API with what is needed to find its routes.
type api struct {
	API
	// authorizers are those of SAM's Auth and those of the definition, by name.
	authorizers map[string]authorizer
	// unknown tells that those of Auth depend on what is not known locally.
	unknown bool
	apiKeys map[string]bool // security schemes of the definition that are API keys
	// fallback is the DefaultAuthorizer of SAM.
	fallback string
	// openPreflight tells that it does not guard OPTIONS.
	openPreflight bool
	said          map[string]bool // features that were said not to be emulated
}

// api is the API with the given id; at is what asks for it. An id that neither
// this template nor those around it have is that of an API deployed elsewhere.
func (f *routeFinder) api(id, kind string, at Position) *api {
	r := f.resources[id]
	if r == nil && !isImplicit(id) && f.outer != nil {
		return f.outer.api(id, kind, at)
	}
	if known := f.apis[id]; known != nil {
		return known
	}
	a := &api{API: API{ID: id, Kind: kind, Stage: "Prod", At: at}, authorizers: make(map[string]authorizer)}
	if kind == kindHTTP {
		a.Stage = "$default"
	}
	f.apis[id] = a
	switch {
	case r != nil:
		a.At = r.At
		f.readAPI(a, r)
	case isImplicit(id):
		f.readAPI(a, f.implicit(a))
	}
	return a
}

// implicit is the resource that SAM makes for events that name no API: all
// that it has are the Globals.
func (f *routeFinder) implicit(a *api) *Resource {
	r := Resource{ID: a.ID, Type: "AWS::Serverless::Api", At: a.At, Value: &Value{Kind: Map, At: a.At}}
	if a.Kind == kindHTTP {
		r.Type = "AWS::Serverless::HttpApi"
	}
	r.Value = mergeGlobals(f.template.root.Get("Globals"), r)
	return &r
}

// readAPI reads what the properties of an API say of all its routes.
func (f *routeFinder) readAPI(a *api, r *Resource) {
	f.readStage(a, r)
	a.BinaryTypes = mediaTypes(f.property(r, "BinaryMediaTypes"))
	f.readAuth(a, f.property(r, "Auth"))
	cors := f.property(r, apiTypes[r.Type].cors)
	if a.Kind == kindHTTP {
		a.CORS = f.httpCORS(a, cors, nil)
	} else {
		a.CORS = f.restCORS(a, cors)
	}
	f.unemulatedAPI(a, r)
}

// mediaTypes reads a list of them. "~1" is a slash in the notation of JSON
// pointers, which API Gateway's own tools use.
func mediaTypes(list *Value) []string {
	var types []string
	for _, text := range texts(list) {
		if text = strings.ReplaceAll(text, "~1", "/"); !slices.Contains(types, text) {
			types = append(types, text)
		}
	}
	return types
}

// addStage notes a resource that is the stage of an API: the first one, or else
// the first deployment that makes one.
func (f *routeFinder) addStage(r *Resource) {
	var api string
	switch r.Type {
	case "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment":
		api = f.property(r, "RestApiId").text()
	case "AWS::ApiGatewayV2::Stage":
		api = f.property(r, "ApiId").text()
	}
	if api == "" || f.property(r, "StageName") == nil {
		return
	}
	known := f.stages[api]
	if known == nil || isDeployment(known) && !isDeployment(r) {
		f.stages[api] = r
	}
}

func isDeployment(r *Resource) bool { return r.Type == "AWS::ApiGateway::Deployment" }

// readStage finds the name and the variables of an API's stage: in the API of
// SAM, in a resource of its own, or in the deployment that makes it.
func (f *routeFinder) readStage(a *api, r *Resource) {
	name, variables := f.property(r, "StageName"), f.property(r, apiTypes[r.Type].variables)
	if stage := f.stages[r.ID]; stage != nil && name == nil {
		name, variables = f.property(stage, "StageName"), f.property(stage, "Variables")
		switch {
		case isDeployment(stage):
			variables = f.property(stage, "StageDescription").Get("Variables")
		case stage.Type == "AWS::ApiGatewayV2::Stage":
			variables = f.property(stage, "StageVariables")
		}
	}
	if name.text() != "" {
		a.Stage = name.Text
	} else if name != nil {
		f.template.warn(name, r.ID, "the name of its stage is not known locally, and taken for %s", a.Stage)
	}
	if variables == nil {
		return
	}
	a.Variables = make(map[string]string, len(variables.Entries))
	for _, entry := range variables.Entries {
		if !entry.Value.IsScalar() {
			f.template.warn(entry.Value, r.ID, "the stage variable %s is not known locally, and empty", entry.Key)
		}
		a.Variables[entry.Key] = entry.Value.text()
	}
}
