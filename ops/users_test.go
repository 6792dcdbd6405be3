package ops

import (
	"crypto/pbkdf2"
	"crypto/sha512"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafka-kraft/kafka-kraft/acl"
)

func newUserWire(t *testing.T) (*wire, UserAdmin) {
	t.Helper()
	w, admin := newWire(t, 1)
	return w, admin.(UserAdmin)
}

func TestClientPasswords(t *testing.T) {
	t.Parallel()
	w, admin := newUserWire(t)
	var refused *kerr.Error
	mechanism := int8(2)
	on(w, func(_ int32, req *kmsg.DescribeUserSCRAMCredentialsRequest, r *kmsg.DescribeUserSCRAMCredentialsResponse) {
		result := kmsg.NewDescribeUserSCRAMCredentialsResponseResult()
		result.User = req.Users[0].Name
		result.CredentialInfos = []kmsg.DescribeUserSCRAMCredentialsResponseResultCredentialInfo{{Mechanism: mechanism, Iterations: 4096}}
		if refused != nil {
			result.ErrorCode, result.CredentialInfos = refused.Code, nil
		}
		r.Results = append(r.Results, result)
	})
	has, err := admin.HasPassword(t.Context(), "alice")
	require.NoError(t, err)
	assert.True(t, has)
	mechanism = 1
	has, err = admin.HasPassword(t.Context(), "alice")
	require.NoError(t, err)
	assert.False(t, has, "SCRAM-SHA-256 is another mechanism")
	refused = kerr.ResourceNotFound
	has, err = admin.HasPassword(t.Context(), "alice")
	require.NoError(t, err)
	assert.False(t, has)
	refused = kerr.NotController
	_, err = admin.HasPassword(t.Context(), "alice")
	require.ErrorIs(t, err, kerr.NotController)
	assert.True(t, Passes(err))

	refused = nil
	on(w, func(_ int32, _ *kmsg.AlterUserSCRAMCredentialsRequest, r *kmsg.AlterUserSCRAMCredentialsResponse) {
		result := kmsg.NewAlterUserSCRAMCredentialsResponseResult()
		result.User = "alice"
		if refused != nil {
			result.ErrorCode = refused.Code
		}
		r.Results = append(r.Results, result)
	})
	require.NoError(t, admin.SetPassword(t.Context(), "alice", "secret"))
	_, req := last[*kmsg.AlterUserSCRAMCredentialsRequest](w)
	upsert := req.Upsertions[0]
	assert.Equal(t, int8(2), upsert.Mechanism, "SCRAM-SHA-512")
	want, err := pbkdf2.Key(sha512.New, "secret", upsert.Salt, int(upsert.Iterations), sha512.Size)
	require.NoError(t, err)
	assert.Equal(t, want, upsert.SaltedPassword, "the password itself is not sent")

	require.NoError(t, admin.RemovePassword(t.Context(), "alice"))
	_, req = last[*kmsg.AlterUserSCRAMCredentialsRequest](w)
	assert.Equal(t, []kmsg.AlterUserSCRAMCredentialsRequestDeletion{{Name: "alice", Mechanism: 2}}, req.Deletions)
	refused = kerr.ResourceNotFound
	require.NoError(t, admin.RemovePassword(t.Context(), "alice"), "there is none any more")
	refused = kerr.UnacceptableCredential
	err = admin.SetPassword(t.Context(), "alice", "secret")
	require.ErrorIs(t, err, kerr.UnacceptableCredential)
	assert.NotContains(t, err.Error(), "secret")
	require.ErrorIs(t, admin.RemovePassword(t.Context(), "alice"), kerr.UnacceptableCredential)
}

func TestClientACLs(t *testing.T) {
	t.Parallel()
	w, admin := newUserWire(t)
	var refused *kerr.Error
	on(w, func(_ int32, _ *kmsg.DescribeACLsRequest, r *kmsg.DescribeACLsResponse) {
		if refused != nil {
			r.ErrorCode, r.ErrorMessage = refused.Code, ptr("No Authorizer is configured.")
			return
		}
		r.Resources = []kmsg.DescribeACLsResponseResource{
			{ResourceType: kmsg.ACLResourceTypeTransactionalId, ResourceName: "tx", ResourcePatternType: kmsg.ACLResourcePatternTypeLiteral, ACLs: []kmsg.DescribeACLsResponseResourceACL{
				{Principal: "User:alice", Host: "*", Operation: 15, PermissionType: kmsg.ACLPermissionTypeAllow},
			}},
			{ResourceType: kmsg.ACLResourceTypeTopic, ResourceName: "a", ResourcePatternType: kmsg.ACLResourcePatternTypePrefixed, ACLs: []kmsg.DescribeACLsResponseResourceACL{
				{Principal: "User:alice", Host: "10.0.0.1", Operation: kmsg.ACLOperationDescribeConfigs, PermissionType: kmsg.ACLPermissionTypeDeny},
			}},
		}
	})
	all, err := admin.ACLs(t.Context(), "alice")
	require.NoError(t, err)
	assert.Equal(t, []acl.ACL{
		{Resource: "topic", Name: "a", Prefixed: true, Operation: "DescribeConfigs", Host: "10.0.0.1", Deny: true},
		{Resource: "transactionalId", Name: "tx", Operation: "TwoPhaseCommit", Host: "*"},
	}, all)
	_, described := last[*kmsg.DescribeACLsRequest](w)
	assert.Equal(t, "User:alice", *described.Principal, "nobody else's")
	assert.Equal(t, kmsg.ACLResourcePatternTypeAny, described.ResourcePatternType)
	assert.Nil(t, described.ResourceName)

	refused = kerr.SecurityDisabled
	none, err := admin.ACLs(t.Context(), "alice")
	require.NoError(t, err)
	assert.Empty(t, none, "nobody authorizes")
	refused = kerr.ClusterAuthorizationFailed
	_, err = admin.ACLs(t.Context(), "alice")
	require.ErrorIs(t, err, kerr.ClusterAuthorizationFailed)
	assert.False(t, Passes(err))

	code := int16(0)
	on(w, func(_ int32, req *kmsg.CreateACLsRequest, r *kmsg.CreateACLsResponse) {
		for range req.Creations {
			r.Results = append(r.Results, kmsg.CreateACLsResponseResult{ErrorCode: code})
		}
	})
	require.NoError(t, admin.AddACLs(t.Context(), "alice", all))
	_, created := last[*kmsg.CreateACLsRequest](w)
	require.Len(t, created.Creations, 2)
	first := created.Creations[0]
	assert.Equal(t, kmsg.CreateACLsRequestCreation{
		ResourceType: kmsg.ACLResourceTypeTopic, ResourceName: "a", ResourcePatternType: kmsg.ACLResourcePatternTypePrefixed,
		Principal: "User:alice", Host: "10.0.0.1", Operation: kmsg.ACLOperationDescribeConfigs, PermissionType: kmsg.ACLPermissionTypeDeny,
	}, first)
	assert.Equal(t, kmsg.ACLOperation(15), created.Creations[1].Operation)
	code = kerr.InvalidRequest.Code
	err = admin.AddACLs(t.Context(), "alice", all)
	require.ErrorIs(t, err, kerr.InvalidRequest)
	require.ErrorContains(t, err, "TwoPhaseCommit transactionalId tx", "each is named")

	code = 0
	on(w, func(_ int32, req *kmsg.DeleteACLsRequest, r *kmsg.DeleteACLsResponse) {
		for range req.Filters {
			r.Results = append(r.Results, kmsg.DeleteACLsResponseResult{MatchingACLs: []kmsg.DeleteACLsResponseResultMatchingACL{{ErrorCode: code}}})
		}
	})
	require.NoError(t, admin.RemoveACLs(t.Context(), "alice", all))
	_, removed := last[*kmsg.DeleteACLsRequest](w)
	require.Len(t, removed.Filters, 2)
	assert.Equal(t, "User:alice", *removed.Filters[0].Principal)
	assert.Equal(t, "a", *removed.Filters[0].ResourceName)
	assert.Equal(t, kmsg.ACLResourcePatternTypePrefixed, removed.Filters[0].ResourcePatternType)
	code = kerr.NotController.Code
	require.ErrorIs(t, admin.RemoveACLs(t.Context(), "alice", all), kerr.NotController)
}
