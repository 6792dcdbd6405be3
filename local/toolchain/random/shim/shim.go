// Package shim opens the upstream provider, which keeps its constructor in an
// internal package: a module whose path lies below the provider's own may import it.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	upstream "github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// NewProvider returns the upstream Terraform random provider.
func NewProvider() provider.Provider { return upstream.New() }
