package apigw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"sam/emulator/template"
)

// An invalidToken says what is wrong with a token, to the client.
type invalidToken string

func (e invalidToken) Error() string { return string(e) }

// rsaAlgorithms are those that tokens may be signed with: "only RSA-based
// algorithms are supported".
var rsaAlgorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512}

// authorizeJWT has a JWT authorizer decide.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
func (a *authorizers) authorizeJWT(ctx context.Context, r *request) (*response, error) {
	z, scopes := r.Route.Authorizer, r.Route.Scopes
	identity, complete := r.identity(z.Sources)
	if !complete {
		return challenge(httpRefusals.unauthorized, "Bearer"), nil
	}
	claims, err := a.verify(ctx, z, bearer(identity[0]))
	var invalid invalidToken
	switch {
	case errors.As(err, &invalid):
		return challenge(httpRefusals.unauthorized, bearerError(scopes, "invalid_token", invalid)), nil
	case err != nil:
		return challenge(httpRefusals.unauthorized, bearerError(scopes, "invalid_token", "JWKS communication error")), err
	}
	var granted []string // of a route that asks for none, whatever the token has
	for _, scope := range tokenScopes(claims) {
		if slices.Contains(scopes, scope) {
			granted = append(granted, scope)
		}
	}
	if len(scopes) > 0 && granted == nil {
		return challenge(httpRefusals.denied, bearerError(scopes, "insufficient_scope", "the token does not have a scope of the route")), nil
	}
	r.Authorizer = map[string]any{"claims": claimTexts(claims), "scopes": granted}
	if r.format2() {
		r.Authorizer = map[string]any{"jwt": r.Authorizer}
	}
	return nil, nil
}

// bearer is a token without the word that may precede it.
func bearer(token string) string {
	const word = "Bearer "
	if len(token) > len(word) && strings.EqualFold(token[:len(word)], word) {
		return token[len(word):]
	}
	return token
}

// challenge is a refusal with a header that says what a client lacks.
func challenge(f refusal, header string) *response {
	res := f.response()
	res.Header.Set("Www-Authenticate", header)
	return res
}

// bearerError writes the challenge as API Gateway does, without the commas of
// RFC 6750.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
func bearerError(scopes []string, name string, description invalidToken) string {
	return fmt.Sprintf("Bearer scope=%q error=%q error_description=%q", strings.Join(scopes, " "), name, description)
}

// verify returns the claims of a token that the authorizer accepts. The error is
// an invalidToken, or says why there are no keys to check it with.
func (a *authorizers) verify(ctx context.Context, z *template.Authorizer, token string) (map[string]json.RawMessage, error) {
	if strings.Count(token, ".") != 2 {
		return nil, invalidToken("token contains an invalid number of segments") // AWS's words
	}
	parsed, err := jwt.ParseSigned(token, rsaAlgorithms)
	var algorithm *jose.ErrUnexpectedSignatureAlgorithm
	switch {
	case errors.As(err, &algorithm):
		return nil, invalidToken("the token is not signed with an RSA-based algorithm")
	case err != nil:
		return nil, invalidToken("the token cannot be decoded")
	case parsed.Headers[0].KeyID == "":
		return nil, invalidToken("the token does not have a kid")
	}
	keys, err := a.keys.find(ctx, parsed.Headers[0].KeyID, a.now())
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, invalidToken("the token does not have the kid of a known key")
	}
	claims, err := verifySignature(parsed, keys)
	if err != nil {
		return nil, err
	}
	return claims, a.verifyClaims(z, parsed)
}

// verifySignature returns the claims of a token that one of the keys has
// signed. Keys with the same kid are unusual, but legal.
func verifySignature(token *jwt.JSONWebToken, keys []jose.JSONWebKey) (claims map[string]json.RawMessage, err error) {
	for _, key := range keys {
		var payload json.RawMessage
		if token.Claims(key.Key, &payload) == nil {
			if json.Unmarshal(payload, &claims) != nil {
				return nil, invalidToken("the token does not have well-formed claims")
			}
			return claims, nil
		}
	}
	return nil, invalidToken("the token does not have a valid signature")
}

// verifyClaims checks the claims of a token with a valid signature. As at AWS,
// clocks are expected to be right.
func (a *authorizers) verifyClaims(z *template.Authorizer, token *jwt.JSONWebToken) error {
	var claims struct {
		jwt.Claims
		ClientID string `json:"client_id"`
	}
	if token.UnsafeClaimsWithoutVerification(&claims) != nil {
		return invalidToken("the token does not have well-formed claims")
	}
	if claims.Audience == nil && claims.ClientID != "" { // that of access tokens of Cognito
		claims.Audience = jwt.Audience{claims.ClientID}
	}
	err := claims.ValidateWithLeeway(jwt.Expected{Issuer: z.Issuer, AnyAudience: z.Audience, Time: a.now()}, 0)
	switch {
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return invalidToken("the token does not have a valid issuer")
	case errors.Is(err, jwt.ErrInvalidAudience):
		return invalidToken("the token does not have a valid audience") // AWS's words
	case errors.Is(err, jwt.ErrExpired):
		return invalidToken("the token has expired")
	case errors.Is(err, jwt.ErrNotValidYet):
		return invalidToken("the token is not valid yet")
	case errors.Is(err, jwt.ErrIssuedInTheFuture):
		return invalidToken("the token was issued in the future")
	case err != nil:
		return invalidToken("the token does not have valid claims")
	case claims.Expiry == nil:
		return invalidToken("the token does not expire")
	}
	return nil
}

// tokenScopes are the scopes of a token, in a list or with spaces between them.
func tokenScopes(claims map[string]json.RawMessage) []string {
	var scopes []string
	for _, claim := range []string{"scope", "scp"} {
		var list []string
		if text, isScalar := scalar(claims[claim]); isScalar {
			list = strings.Fields(text)
		} else if json.Unmarshal(claims[claim], &list) != nil {
			continue
		}
		scopes = append(scopes, list...)
	}
	return scopes
}

// claimTexts are the claims as events have them: as strings, without those that
// are null. This is not documented; it was found by trying:
// https://github.com/floci-io/floci/pull/2011
func claimTexts(claims map[string]json.RawMessage) map[string]string {
	texts := make(map[string]string, len(claims))
	for name, claim := range claims {
		if !isNull(claim) {
			texts[name] = claimText(claim)
		}
	}
	return texts
}

func claimText(claim json.RawMessage) string {
	if text, isScalar := scalar(claim); isScalar {
		return text
	}
	var list []json.RawMessage
	if json.Unmarshal(claim, &list) != nil || list == nil {
		return string(claim) // an object, or null in a list
	}
	texts := make([]string, len(list))
	for i, element := range list {
		texts[i] = claimText(element)
	}
	return "[" + strings.Join(texts, " ") + "]"
}
