package cloud

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// An endpoint is what SAM CLI prints of an API or a function.
type endpoint struct {
	LogicalResourceId, PhysicalResourceId string
	CloudEndpoint                         []string
	Methods                               []string // such as /hello['get']
}

// listEndpoints asks API Gateway for stages and routes: they need not be in the
// stack.
func listEndpoints(ctx context.Context, s *stack) (table, error) {
	t := table{header: "Resource ID\tPhysical ID\tCloud Endpoints\tMethods"}
	resources, err := s.resources(ctx)
	if err != nil {
		return t, err
	}
	values := []endpoint{}
	for _, r := range resources {
		e := endpoint{LogicalResourceId: aws.ToString(r.LogicalResourceId), PhysicalResourceId: aws.ToString(r.PhysicalResourceId), CloudEndpoint: []string{}, Methods: []string{}}
		switch aws.ToString(r.ResourceType) {
		case "AWS::ApiGateway::RestApi":
			err = s.restEndpoint(ctx, &e)
		case "AWS::ApiGatewayV2::Api":
			err = s.httpEndpoint(ctx, &e)
		case "AWS::Lambda::Url":
			err = s.functionEndpoint(ctx, &e, resources)
		default:
			continue
		}
		if err != nil {
			return t, err
		}
		slices.Sort(e.Methods)
		values = append(values, e)
		t.rows = append(t.rows, fmt.Sprintf("%s\t%s\t%s\t%s", e.LogicalResourceId, e.PhysicalResourceId, cmp.Or(strings.Join(e.CloudEndpoint, ", "), "-"), cmp.Or(strings.Join(e.Methods, "; "), "-")))
	}
	t.values = values
	return t, nil
}

func (s *stack) restEndpoint(ctx context.Context, e *endpoint) error {
	client := apigateway.NewFromConfig(s.cfg)
	stages, err := client.GetStages(ctx, &apigateway.GetStagesInput{RestApiId: aws.String(e.PhysicalResourceId)})
	if err != nil {
		return err
	}
	suffix := "amazonaws.com"
	if strings.HasPrefix(s.cfg.Region, "cn-") {
		suffix += ".cn"
	}
	for _, stage := range stages.Item {
		e.CloudEndpoint = append(e.CloudEndpoint, fmt.Sprintf("https://%s.execute-api.%s.%s/%s", e.PhysicalResourceId, s.cfg.Region, suffix, aws.ToString(stage.StageName)))
	}
	pages := apigateway.NewGetResourcesPaginator(client, &apigateway.GetResourcesInput{RestApiId: aws.String(e.PhysicalResourceId), Embed: []string{"methods"}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, resource := range page.Items {
			for method := range resource.ResourceMethods {
				e.Methods = append(e.Methods, methodOf(aws.ToString(resource.Path), method))
			}
		}
	}
	return nil
}

func (s *stack) httpEndpoint(ctx context.Context, e *endpoint) error {
	client := apigatewayv2.NewFromConfig(s.cfg)
	api, err := client.GetApi(ctx, &apigatewayv2.GetApiInput{ApiId: aws.String(e.PhysicalResourceId)})
	if err != nil {
		return err
	}
	if err := stagesOf(ctx, client, e, aws.ToString(api.ApiEndpoint)); err != nil {
		return err
	}
	in := &apigatewayv2.GetRoutesInput{ApiId: aws.String(e.PhysicalResourceId)}
	for {
		routes, err := client.GetRoutes(ctx, in)
		if err != nil {
			return err
		}
		for _, route := range routes.Items {
			method, path, found := strings.Cut(aws.ToString(route.RouteKey), " ")
			if !found { // $default, and the routes of WebSocket APIs
				method, path = "any", aws.ToString(route.RouteKey)
			}
			e.Methods = append(e.Methods, methodOf(path, method))
		}
		if in.NextToken = routes.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

// stagesOf adds the URLs of an API's stages.
func stagesOf(ctx context.Context, client *apigatewayv2.Client, e *endpoint, url string) error {
	in := &apigatewayv2.GetStagesInput{ApiId: aws.String(e.PhysicalResourceId)}
	for {
		stages, err := client.GetStages(ctx, in)
		if err != nil {
			return err
		}
		for _, stage := range stages.Items {
			if name := aws.ToString(stage.StageName); name != "$default" {
				e.CloudEndpoint = append(e.CloudEndpoint, url+"/"+name)
			} else {
				e.CloudEndpoint = append(e.CloudEndpoint, url)
			}
		}
		if in.NextToken = stages.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

// functionEndpoint makes the resource of a function's URL the function.
func (s *stack) functionEndpoint(ctx context.Context, e *endpoint, resources []types.StackResourceSummary) error {
	out, err := lambda.NewFromConfig(s.cfg).GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String(e.PhysicalResourceId)})
	if err != nil {
		return err
	}
	e.CloudEndpoint = []string{aws.ToString(out.FunctionUrl)}
	for _, r := range resources {
		name := aws.ToString(r.PhysicalResourceId)
		if aws.ToString(r.ResourceType) == "AWS::Lambda::Function" && (strings.HasSuffix(e.PhysicalResourceId, ":"+name) || e.PhysicalResourceId == name) {
			e.LogicalResourceId, e.PhysicalResourceId = aws.ToString(r.LogicalResourceId), name
		}
	}
	return nil
}

func methodOf(path, method string) string {
	return fmt.Sprintf("%s['%s']", path, strings.ToLower(method))
}
