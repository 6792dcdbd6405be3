package main

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
)

// elsewhere answers for everything of the official plugin that this one does not offer.
func elsewhere() p.Provider {
	refuse := func(token string) error {
		return fmt.Errorf("this docker plugin builds images only (docker:index/image:Image); %s needs the official one: "+
			"pulumi plugin install resource docker %s", token, version)
	}
	return p.Provider{
		Check: func(_ context.Context, req p.CheckRequest) (p.CheckResponse, error) {
			return p.CheckResponse{}, refuse(string(req.Urn.Type()))
		},
		Read: func(_ context.Context, req p.ReadRequest) (p.ReadResponse, error) {
			return p.ReadResponse{}, refuse(string(req.Urn.Type()))
		},
		Invoke: func(_ context.Context, req p.InvokeRequest) (p.InvokeResponse, error) {
			return p.InvokeResponse{}, refuse(string(req.Token))
		},
		Call: func(_ context.Context, req p.CallRequest) (p.CallResponse, error) {
			return p.CallResponse{}, refuse(string(req.Tok))
		},
	}
}
