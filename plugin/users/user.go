package users

import (
	"context"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/limits"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/reach"
)

// Ways in which a user says who it is.
const (
	SCRAM = "scram-sha-512" // by a password
	TLS   = "tls"           // by a certificate, whose common name is the user's
)

// User is a user of a Kafka cluster.
type User struct{ Cluster }

// UserArgs says who it is and what it may do.
type UserArgs struct {
	Place
	Name           string `pulumi:"name"`
	Authentication string `pulumi:"authentication"`
	Password       string `pulumi:"password,optional" provider:"secret"`
	ACLs           []ACL  `pulumi:"acls,optional"`
	limits.Limits
	Adopt bool `pulumi:"adopt,optional"`
}

// UserState is what there is: all ACLs that the user has, and of the limits those that the program
// speaks of.
type UserState struct {
	UserArgs
	Pending    bool `pulumi:"pending,optional"`
	Unfinished bool `pulumi:"unfinished,optional"`
}

var (
	_ infer.CustomResource[UserArgs, UserState] = User{}
	_ infer.CustomCheck[UserArgs]               = User{}
	_ infer.CustomDiff[UserArgs, UserState]     = User{}
	_ infer.CustomUpdate[UserArgs, UserState]   = User{}
	_ infer.CustomRead[UserArgs, UserState]     = User{}
	_ infer.CustomDelete[UserState]             = User{}
)

// Annotate describes the resource in the provider's schema.
func (u *User) Annotate(a infer.Annotator) {
	a.Describe(&u, "A user of a Kafka cluster: its password, what it may do, and how much of it.")
	a.SetToken("kafka", "User")
}

// Annotate describes the inputs in the provider's schema.
func (u *UserArgs) Annotate(a infer.Annotator) {
	a.Describe(&u.Name, "Who it is: a name with a password, or the common name of a certificate. Another name is another user, and the old one goes.")
	a.Describe(&u.Authentication, "How it says so: "+SCRAM+" or "+TLS+".")
	a.Describe(&u.Password, "Password, with "+SCRAM+". Another one takes the place of the former one at once; who is connected stays so.")
	a.Describe(&u.ACLs, "All that it may do, and may not. ACLs of this user that are not here are taken away.")
	a.Describe(&u.Adopt, "Take over a user of this name that somebody else has made, and change it to be like this. It counts only while this program does not have it.")
}

// Annotate describes the outputs in the provider's schema.
func (u *UserState) Annotate(a infer.Annotator) {
	a.Describe(&u.Pending, "It is yet to be made, since the cluster was stopped.")
	a.Describe(&u.Unfinished, "It was begun and not finished, so that nobody knows what of it is done. The next up does all of it.")
}

func (u UserArgs) entity() ops.Entity { return ops.Entity{User: u.Name} }

func (u UserArgs) scram() bool { return u.Authentication == SCRAM }

// placed is where a user is that is imported by this id.
func placed(id string) (UserArgs, error) {
	at, name, ok := reach.Placed(id)
	if !ok || nameProblem(name) != "" {
		return UserArgs{}, fmt.Errorf("id %q: a user is imported as CONTEXT/BOOTSTRAP_SERVERS/NAME?admin=SECRET, such as "+
			"minikube/kafka-bootstrap.shop.svc.cluster.local:9095/orders?admin=kafka-admin", id)
	}
	return UserArgs{Place: at, Name: name}, nil
}

// nameProblem is why no user is called so, "" if one can be.
func nameProblem(name string) string {
	switch {
	case name == "":
		return "must be a name"
	case name == contract.NodeName || name == contract.AdminName || name == "ANONYMOUS":
		return "is the name of the cluster's own: choose another one"
	case name == "*" || name == "<default>": // of ACLs, and of limits
		return "is Kafka's word for all users: choose another one"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "must be a name without control characters"
	}
	return ""
}

// certified reports whether the user of this name has had a certificate so far. Kafka takes none
// back: nothing but the end of it ends it.
func certified(was property.Map, name string) bool {
	text := func(key string) string {
		value := was.Get(key)
		if !value.IsString() {
			return ""
		}
		return value.AsString()
	}
	return text("name") == name && text("authentication") == TLS
}

// Check judges what needs no cluster. Nothing of a password is repeated.
func (u User) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[UserArgs], error) {
	args, failures, err := infer.DefaultCheck[UserArgs](ctx, req.NewInputs)
	fail := func(property, format string, values ...any) {
		failures = append(failures, p.CheckFailure{Property: property, Reason: fmt.Sprintf(format, values...)})
	}
	unknown := func(property string) bool {
		value := req.NewInputs.Get(property)
		return value.IsComputed()
	}
	if problem := nameProblem(args.Name); problem != "" && !unknown("name") {
		fail("name", "user %q: %s", args.Name, problem)
	}
	switch {
	case unknown("authentication"):
	case args.Authentication != SCRAM && args.Authentication != TLS:
		fail("authentication", "%q: must be %s or %s", args.Authentication, SCRAM, TLS)
	case args.scram() && args.Password == "" && !unknown("password"):
		fail("password", "must be there with the authentication %s", SCRAM)
	case !args.scram() && (args.Password != "" || unknown("password")):
		fail("password", "is of no use with the authentication %s: leave it out", args.Authentication)
	}
	if args.scram() && certified(req.OldInputs, args.Name) {
		fail("authentication", "%s: user %s has had a certificate, which Kafka lets in until it ends, with all that %[2]s may do: take another name for a user with a password", SCRAM, args.Name)
	}
	if strings.ContainsFunc(args.Password, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		fail("password", "must be one line without control characters")
	}
	if !unknown("acls") {
		for i, a := range inKafka(args.ACLs) {
			if problem := a.Problem(); problem != "" {
				fail(fmt.Sprintf("acls[%d]", i), "%s", problem)
			}
		}
	}
	for _, limit := range args.All() {
		if *limit.Value < 0 {
			fail(limit.Ours, "%s: must be more than 0, or left out for no limit", limits.Number(*limit.Value))
		}
	}
	return infer.CheckResponse[UserArgs]{Inputs: args, Failures: failures}, err
}

// found is what Kafka knows of a user.
type found struct {
	password bool
	acls     []acl.ACL
	limits   map[string]float64
}

func find(ctx context.Context, admin ops.UserAdmin, name string) (is found, err error) {
	if is.password, err = admin.HasPassword(ctx, name); err != nil {
		return is, err
	}
	if is.acls, err = admin.ACLs(ctx, name); err != nil {
		return is, err
	}
	is.limits, err = admin.Quota(ctx, ops.Entity{User: name})
	return is, err
}

// none reports whether Kafka has never heard of the user.
func (f found) none() bool { return !f.password && len(f.acls) == 0 && len(f.limits) == 0 }

// foreign refuses a user that somebody else has made. ACLs and limits that shall be there anyway
// are no sign of one: a run that was cut off, and a destroy that left the records, leave them.
func (f found) foreign(args UserArgs) error {
	if args.Adopt {
		return nil
	}
	var has []string
	if f.password {
		has = append(has, "a password, of which nobody can tell whether it is the same")
	}
	if more := acl.Without(f.acls, inKafka(args.ACLs)); len(more) > 0 {
		has = append(has, "ACLs that are not said here: "+sentence(more))
	}
	has = append(has, args.Strange(f.limits)...)
	if len(has) == 0 {
		return nil
	}
	return reach.Refuse(fmt.Sprintf("user %s exists already, and may be somebody else's", args.Name), fmt.Sprintf(
		"it has %s; to take it over and change it to be like this, say adopt: true (in a stack's configuration users[%q].adopt), or choose another name",
		strings.Join(has, "; "), args.Name))
}

// settle makes the user what it shall be: what it may do first, and then who it is, so that nobody
// comes in who may do too much. ACLs come before others go: what is forbidden in another form than
// before is forbidden all the time. had is what this program has made of it before.
func settle(ctx context.Context, admin ops.UserAdmin, args UserArgs, had UserArgs, is found) error {
	want := inKafka(args.ACLs)
	if more := acl.Without(want, is.acls); len(more) > 0 {
		if err := admin.AddACLs(ctx, args.Name, more); err != nil {
			return err
		}
	}
	if gone := acl.Without(is.acls, want); len(gone) > 0 {
		if err := admin.RemoveACLs(ctx, args.Name, gone); err != nil {
			return err
		}
	}
	if set, unset := args.Change(is.limits, had.Limits); len(set)+len(unset) > 0 {
		if err := admin.LimitClients(ctx, args.entity(), set, unset, false); err != nil {
			return err
		}
	}
	switch {
	case args.scram() && (!is.password || args.Password != had.Password):
		return admin.SetPassword(ctx, args.Name, args.Password)
	case !args.scram() && is.password:
		return admin.RemovePassword(ctx, args.Name)
	}
	return nil
}

// begin makes a user that this program has not made before. Whether it is somebody else's is asked
// once: what a first attempt has made is ours in the next one. It reports whether it came so far.
func (u User) begin(ctx context.Context, args UserArgs) (ours bool, err error) {
	err = u.Do(ctx, args.Place, func(ctx context.Context, admin ops.UserAdmin) error {
		is, err := find(ctx, admin, args.Name)
		if err != nil {
			return err
		}
		if !ours {
			if err := is.foreign(args); err != nil {
				return err
			}
			ours = true
		}
		return settle(ctx, admin, args, UserArgs{}, is)
	})
	return ours, err
}

// change makes of a user of this program what it shall be. It reports whether it began to.
func (u User) change(ctx context.Context, args UserArgs, state UserState) (begun bool, err error) {
	had := state.UserArgs
	if state.Unfinished {
		had.Password = "" // it may be the former one, or none
	}
	err = u.Do(ctx, args.Place, func(ctx context.Context, admin ops.UserAdmin) error {
		is, err := find(ctx, admin, args.Name)
		if err != nil {
			return err
		}
		begun = true
		return settle(ctx, admin, args, had, is)
	})
	return begun, err
}

// unfinished is what the engine is to remember of a user that was begun: its limits may be those
// that it had as well as those that it shall have, and both are this program's to take away.
func unfinished(args, had UserArgs, err error) (UserState, error) {
	for i, limit := range args.All() {
		if *limit.Value == 0 {
			*limit.Value = *had.All()[i].Value
		}
	}
	return UserState{UserArgs: args, Unfinished: true}, infer.ResourceInitFailedError{Reasons: []string{err.Error()}}
}

// foresee asks whether begin would be refused.
func (u User) foresee(args UserArgs) func(context.Context, ops.UserAdmin) error {
	return func(ctx context.Context, admin ops.UserAdmin) error {
		is, err := find(ctx, admin, args.Name)
		if err != nil {
			return err
		}
		return is.foreign(args)
	}
}

// Create makes the user. In a preview Kafka is asked whether it is there.
func (u User) Create(ctx context.Context, req infer.CreateRequest[UserArgs]) (infer.CreateResponse[UserState], error) {
	args := req.Inputs
	response := infer.CreateResponse[UserState]{ID: args.ID(args.Name), Output: UserState{UserArgs: args}}
	if args.Stopped {
		p.GetLogger(ctx).Info("stopped; it is made when the cluster runs again")
		response.Output.Pending = true
		return response, nil
	}
	if req.DryRun {
		if args.Name == "" { // not known yet
			return response, nil
		}
		_, err := u.Glimpse(ctx, args.Place, u.foresee(args))
		return response, err
	}
	ours, err := u.begin(ctx, args)
	switch {
	case err != nil && ours:
		response.Output, err = unfinished(args, UserArgs{}, err)
	case err != nil:
		response = infer.CreateResponse[UserState]{}
	}
	return response, err
}

// Diff compares with what there is. While the cluster is stopped nothing differs.
func (u User) Diff(ctx context.Context, req infer.DiffRequest[UserArgs, UserState]) (infer.DiffResponse, error) {
	state, now := req.State, req.Inputs
	diff := differences(state, now)
	if now.Stopped {
		if len(diff) > 0 {
			p.GetLogger(ctx).Info("stopped; what differs waits until the cluster runs again")
		}
		return infer.DiffResponse{}, nil
	}
	return infer.DiffResponse{HasChanges: len(diff) > 0, DetailedDiff: diff}, nil
}

func differences(state UserState, now UserArgs) map[string]p.PropertyDiff {
	diff := reach.Differences(state.Place, now.Place)
	update := func(name string, differs bool) {
		if differs {
			diff[name] = p.PropertyDiff{Kind: p.Update}
		}
	}
	update("authentication", state.Authentication != now.Authentication)
	update("password", state.Password != now.Password)
	update("acls", !same(state.ACLs, now.ACLs))
	was := state.All()
	for i, limit := range now.All() {
		update(limit.Ours, *limit.Value != *was[i].Value)
	}
	update("pending", state.Pending)
	update("unfinished", state.Unfinished)
	if now.Name != state.Name && now.Name != "" {
		diff["name"] = p.PropertyDiff{Kind: p.UpdateReplace}
	}
	return diff
}

// Update changes the user. What somebody else has taken from it comes back.
func (u User) Update(ctx context.Context, req infer.UpdateRequest[UserArgs, UserState]) (infer.UpdateResponse[UserState], error) {
	state, args := req.State, req.Inputs
	if args.Stopped { // the engine insists, though nothing differs
		return infer.UpdateResponse[UserState]{Output: state}, nil
	}
	changed := infer.UpdateResponse[UserState]{Output: UserState{UserArgs: args}}
	if req.DryRun {
		if !state.Pending {
			return changed, nil
		}
		_, err := u.Glimpse(ctx, args.Place, u.foresee(args))
		return changed, err
	}
	var ours bool
	var err error
	if state.Pending {
		ours, err = u.begin(ctx, args)
	} else {
		ours, err = u.change(ctx, args, state)
	}
	switch {
	case err != nil && ours:
		changed.Output, err = unfinished(args, state.UserArgs, err)
	case err != nil:
		changed = infer.UpdateResponse[UserState]{}
	}
	return changed, err
}

// Read tells what a refresh finds, or what an import takes over, but for the password: a program
// that imports a user says it, and the next up sets it.
func (u User) Read(ctx context.Context, req infer.ReadRequest[UserArgs, UserState]) (infer.ReadResponse[UserArgs, UserState], error) {
	answer := infer.ReadResponse[UserArgs, UserState](req)
	args, imported := req.Inputs, false
	if args.Name == "" {
		var err error
		if args, err = placed(req.ID); err != nil {
			return answer, err
		}
		imported = true
	}
	if args.Stopped || req.State.Pending {
		return answer, nil
	}
	var is found
	look := func(ctx context.Context, admin ops.UserAdmin) (err error) {
		is, err = find(ctx, admin, args.Name)
		return err
	}
	if imported {
		if err := u.Do(ctx, args.Place, look); err != nil {
			return answer, err
		}
		if is.none() {
			return infer.ReadResponse[UserArgs, UserState]{}, nil
		}
		args.Authentication, args.ACLs = TLS, asInputs(is.acls)
		if is.password {
			args.Authentication = SCRAM
		}
		for _, limit := range args.All() {
			*limit.Value = is.limits[limit.Kafka]
		}
		return infer.ReadResponse[UserArgs, UserState]{ID: req.ID, Inputs: args, State: UserState{UserArgs: args}}, nil
	}
	if known, err := u.Glimpse(ctx, args.Place, look); err != nil || !known {
		return answer, err
	}
	state := &answer.State
	if state.scram() && !is.password && !state.Unfinished {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the password of user %s is gone: somebody else has taken it away, and the next up sets it again", args.Name))
		state.Password = ""
	}
	if !state.scram() && is.password {
		state.Authentication = SCRAM // as well; the next up takes the password away
	}
	if said := inKafka(state.ACLs); !slices.Equal(said, is.acls) {
		state.ACLs = asInputs(is.acls)
	}
	state.Limits = limits.Only(is.limits, state.Limits, args.Limits)
	return answer, nil
}

// Delete takes away its password, all of its ACLs, and the limits that this program has set.
func (u User) Delete(ctx context.Context, req infer.DeleteRequest[UserState]) (infer.DeleteResponse, error) {
	state := req.State
	var err error
	if state.Pending {
		_, err = u.Glimpse(ctx, state.Place, state.forget)
	} else {
		err = u.Remove(ctx, state.Place, "user "+state.Name, state.remove)
	}
	if err == nil && !state.scram() {
		p.GetLogger(ctx).Warning(fmt.Sprintf("the certificate of user %s is let in until it ends: give nobody this name before that", state.Name))
	}
	return infer.DeleteResponse{}, err
}

func (s UserState) remove(ctx context.Context, admin ops.UserAdmin) error {
	is, err := find(ctx, admin, s.Name)
	if err != nil {
		return err
	}
	// Who it is first, so that nobody is left who is no longer forbidden anything.
	if is.password {
		if err := admin.RemovePassword(ctx, s.Name); err != nil {
			return err
		}
	}
	return settle(ctx, admin, UserArgs{Name: s.Name, Authentication: TLS}, s.UserArgs, found{acls: is.acls, limits: is.limits})
}

// forget is for a user that was never finished, of which a run that was killed may have made a
// part: that goes, unless it may be somebody else's.
func (s UserState) forget(ctx context.Context, admin ops.UserAdmin) error {
	is, err := find(ctx, admin, s.Name)
	if err != nil {
		return err
	}
	s.Adopt = false // it has not been done
	if is.foreign(s.UserArgs) == nil {
		return s.remove(ctx, admin)
	}
	p.GetLogger(ctx).Warning(fmt.Sprintf("user %s was never finished here, and what Kafka knows of it may be somebody else's: it stays", s.Name))
	return nil
}
