package ops

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafka-kraft/kafka-kraft/acl"
)

// UserAdmin is what users are made with. [NewUserAdmin] is the real one. A user is a name: Kafka
// knows one by its password, its ACLs and its limits, and by nothing else.
type UserAdmin interface {
	// HasPassword reports whether a user has one for SCRAM-SHA-512. Which one it is Kafka never tells.
	HasPassword(ctx context.Context, user string) (bool, error)
	// SetPassword gives a user a password in the place of the former one: Kafka keeps one for each
	// mechanism. Who is connected stays so.
	SetPassword(ctx context.Context, user, password string) error
	// RemovePassword takes it away. None is no error.
	RemovePassword(ctx context.Context, user string) error
	// ACLs are those of this user, sorted. A cluster without an authorizer has none.
	ACLs(ctx context.Context, user string) ([]acl.ACL, error)
	// AddACLs adds some to a user's. One that is there is no error.
	AddACLs(ctx context.Context, user string, all []acl.ACL) error
	// RemoveACLs takes some of a user's away. One that is not there is no error.
	RemoveACLs(ctx context.Context, user string, all []acl.ACL) error
	// Quota are the limits of exactly this entity, by Kafka's names.
	Quota(context.Context, Entity) (map[string]float64, error)
	// LimitClients sets limits of an entity, and takes others away. All else stays.
	LimitClients(ctx context.Context, who Entity, set map[string]float64, unset []string, validate bool) error
}

// NewUserAdmin makes a UserAdmin of a client that reaches the brokers. The client stays the
// caller's to close.
func NewUserAdmin(client *kgo.Client) UserAdmin {
	return kafka{client: client, admin: kadm.NewClient(client)}
}

// iterations of a password's hash: Kafka takes 4096 to 16384 (ScramMechanism). Every connection
// of a client costs as many.
const iterations = 8192

func (k kafka) HasPassword(ctx context.Context, user string) (bool, error) {
	what := "password of user " + user
	resp, err := k.admin.DescribeUserSCRAMs(ctx, user)
	if err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	found := resp[user]
	if errors.Is(found.Err, kerr.ResourceNotFound) {
		return false, nil
	}
	if found.Err != nil {
		return false, fmt.Errorf("%s: %w", what, worded(found.Err, found.ErrMessage))
	}
	for _, credential := range found.CredInfos {
		if credential.Mechanism == kadm.ScramSha512 {
			return true, nil
		}
	}
	return false, nil
}

func (k kafka) SetPassword(ctx context.Context, user, password string) error {
	resp, err := k.admin.AlterUserSCRAMs(ctx, nil, []kadm.UpsertSCRAM{{
		User: user, Mechanism: kadm.ScramSha512, Iterations: iterations, Password: password,
	}})
	if err == nil {
		err = refusedPassword(resp[user])
	}
	if err != nil {
		return fmt.Errorf("set the password of user %s: %w", user, err)
	}
	return nil
}

func (k kafka) RemovePassword(ctx context.Context, user string) error {
	resp, err := k.admin.AlterUserSCRAMs(ctx, []kadm.DeleteSCRAM{{User: user, Mechanism: kadm.ScramSha512}}, nil)
	if err == nil {
		err = refusedPassword(resp[user])
	}
	if err != nil && !errors.Is(err, kerr.ResourceNotFound) {
		return fmt.Errorf("remove the password of user %s: %w", user, err)
	}
	return nil
}

// refusedPassword is why Kafka did not do it.
func refusedPassword(altered kadm.AlteredUserSCRAM) error {
	if altered.Err == nil {
		return nil
	}
	return worded(altered.Err, altered.ErrMessage)
}

// Kafka's codes (ResourceType and AclOperation), those of users and tokens included, which
// somebody else may have set. kmsg has no word for the last operation yet.
var (
	resources = map[string]kmsg.ACLResourceType{
		acl.Topic: kmsg.ACLResourceTypeTopic, acl.Group: kmsg.ACLResourceTypeGroup, acl.Cluster: kmsg.ACLResourceTypeCluster,
		acl.TransactionalID: kmsg.ACLResourceTypeTransactionalId,
		"delegationToken":   kmsg.ACLResourceTypeDelegationToken, "user": kmsg.ACLResourceTypeUser,
	}
	operations = map[string]kmsg.ACLOperation{
		acl.All: kmsg.ACLOperationAll, acl.Read: kmsg.ACLOperationRead, acl.Write: kmsg.ACLOperationWrite, acl.Create: kmsg.ACLOperationCreate,
		acl.Delete: kmsg.ACLOperationDelete, acl.Alter: kmsg.ACLOperationAlter, acl.Describe: kmsg.ACLOperationDescribe,
		acl.ClusterAction: kmsg.ACLOperationClusterAction, acl.DescribeConfigs: kmsg.ACLOperationDescribeConfigs,
		acl.AlterConfigs: kmsg.ACLOperationAlterConfigs, acl.IdempotentWrite: kmsg.ACLOperationIdempotentWrite,
		"CreateTokens": kmsg.ACLOperationCreateTokens, "DescribeTokens": kmsg.ACLOperationDescribeTokens, acl.TwoPhaseCommit: 15,
	}
)

// word is the reverse.
func word[Code comparable](of map[string]Code, code Code) string {
	for word, known := range of {
		if known == code {
			return word
		}
	}
	return fmt.Sprint(code)
}

func principal(user string) string { return "User:" + user }

func pattern(a acl.ACL) kmsg.ACLResourcePatternType {
	if a.Prefixed {
		return kmsg.ACLResourcePatternTypePrefixed
	}
	return kmsg.ACLResourcePatternTypeLiteral
}

func permission(a acl.ACL) kmsg.ACLPermissionType {
	if a.Deny {
		return kmsg.ACLPermissionTypeDeny
	}
	return kmsg.ACLPermissionTypeAllow
}

func (k kafka) ACLs(ctx context.Context, user string) ([]acl.ACL, error) {
	what, who := "ACLs of user "+user, principal(user)
	req := kmsg.NewPtrDescribeACLsRequest()
	req.ResourceType, req.ResourcePatternType = kmsg.ACLResourceTypeAny, kmsg.ACLResourcePatternTypeAny
	req.Operation, req.PermissionType, req.Principal = kmsg.ACLOperationAny, kmsg.ACLPermissionTypeAny, &who
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	err = answer(what, resp.ErrorCode, resp.ErrorMessage)
	if errors.Is(err, kerr.SecurityDisabled) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []acl.ACL
	for _, r := range resp.Resources {
		for _, a := range r.ACLs {
			all = append(all, acl.ACL{
				Resource: word(resources, r.ResourceType), Name: r.ResourceName, Prefixed: r.ResourcePatternType == kmsg.ACLResourcePatternTypePrefixed,
				Operation: word(operations, a.Operation), Host: a.Host, Deny: a.PermissionType == kmsg.ACLPermissionTypeDeny,
			})
		}
	}
	return acl.Sorted(all), nil
}

func (k kafka) AddACLs(ctx context.Context, user string, all []acl.ACL) error {
	what := "add ACLs of user " + user
	req := kmsg.NewPtrCreateACLsRequest()
	for _, a := range all {
		c := kmsg.NewCreateACLsRequestCreation()
		c.ResourceType, c.ResourceName, c.ResourcePatternType = resources[a.Resource], a.Name, pattern(a)
		c.Principal, c.Host, c.Operation, c.PermissionType = principal(user), a.Host, operations[a.Operation], permission(a)
		req.Creations = append(req.Creations, c)
	}
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if len(resp.Results) != len(all) {
		return fmt.Errorf("%s: answers to %d of %d came", what, len(resp.Results), len(all))
	}
	var problems []error
	for i, result := range resp.Results {
		problems = append(problems, answer(what+": "+all[i].String(), result.ErrorCode, result.ErrorMessage))
	}
	return errors.Join(problems...)
}

func (k kafka) RemoveACLs(ctx context.Context, user string, all []acl.ACL) error {
	what, who := "remove ACLs of user "+user, principal(user)
	req := kmsg.NewPtrDeleteACLsRequest()
	for _, a := range all {
		f := kmsg.NewDeleteACLsRequestFilter()
		f.ResourceType, f.ResourceName, f.ResourcePatternType = resources[a.Resource], &a.Name, pattern(a)
		f.Principal, f.Host, f.Operation, f.PermissionType = &who, &a.Host, operations[a.Operation], permission(a)
		req.Filters = append(req.Filters, f)
	}
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if len(resp.Results) != len(all) {
		return fmt.Errorf("%s: answers to %d of %d came", what, len(resp.Results), len(all))
	}
	var problems []error
	for i, result := range resp.Results {
		problems = append(problems, answer(what+": "+all[i].String(), result.ErrorCode, result.ErrorMessage))
		for _, removed := range result.MatchingACLs {
			problems = append(problems, answer(what+": "+all[i].String(), removed.ErrorCode, removed.ErrorMessage))
		}
	}
	return errors.Join(problems...)
}
