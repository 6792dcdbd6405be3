package ops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafka-kraft/kafka-kraft/features"
)

// Features says which level of metadata.version is to be finalised. No other feature is touched.
type Features struct {
	Level int16
	Pace
}

// FeaturesReport is what was done.
type FeaturesReport struct {
	From, To int16   // level of metadata.version; the same: it was finalised already
	Brokers  []int32 // that know it
}

// Finalise makes a level of metadata.version the finalised one, and waits until every broker that
// serves has read so in the metadata log. Controllers act by it before any broker can.
//
// Kafka itself judges whether all nodes know the level, by what each registered with: brokers that
// do not run and controllers that left, too. Nothing is changed when one does not.
func Finalise(ctx context.Context, admin Admin, f Features, progress Progress) (report FeaturesReport, err error) {
	if err := f.Check(); err != nil {
		return report, err
	}
	w := newWorker(admin, f.Pace, progress)
	plan, err := w.featuresPlan(ctx, f)
	report.From, report.To = plan.From, plan.From
	if err != nil {
		return report, err
	}
	if plan.changes() {
		if err := w.setMetadataVersion(ctx, plan, false); err != nil {
			return report, err
		}
		report.To = plan.To
	}
	return report, w.until(ctx, func(ctx context.Context) (string, error) {
		levels, err := w.metadataVersions(ctx)
		if err != nil {
			return "", err
		}
		behind := others(levels, f.Level)
		report.Brokers = without(sorted(slices.Collect(maps.Keys(levels))), behind)
		if len(behind) > 0 {
			return fmt.Sprintf("waits until %s know that %s is %d", several("broker", behind), features.MetadataVersion, f.Level), nil
		}
		return "", nil
	})
}

// Check returns what is wrong with the wish itself.
func (f Features) Check() error {
	if f.Level > 0 {
		return nil
	}
	return refuse("the features are left as they are", []string{fmt.Sprintf("%s %d is no level", features.MetadataVersion, f.Level)})
}

// FeaturesPlan is what [Finalise] would do now.
type FeaturesPlan struct {
	From, To int16   // level of metadata.version
	Behind   []int32 // brokers that have not heard of it yet, though it is finalised
	Older    []int32 // brokers whose Kafka does not know the level that is wanted
}

func (p FeaturesPlan) changes() bool { return p.From != p.To }

// Lines says it for people. No line: there is nothing to do.
func (p FeaturesPlan) Lines() []string {
	if !p.changes() {
		if len(p.Behind) == 0 {
			return nil
		}
		return []string{fmt.Sprintf("waits until %s know that %s is %d", several("broker", p.Behind), features.MetadataVersion, p.To)}
	}
	line := fmt.Sprintf("%s %d to %d", features.MetadataVersion, p.From, p.To)
	why := features.Changes(p.From, p.To)
	if why == "" {
		return []string{line}
	}
	line += ": one way, " + why
	if reads, known := features.Reading(p.To); known {
		line += "; Kafka older than " + reads.Name + " cannot read it"
	}
	return []string{line}
}

// PlanFeatures says what [Finalise] would do, and changes nothing: Kafka is asked whether it would.
// With a [*Refusal], the plan says what it can all the same.
func PlanFeatures(ctx context.Context, admin Admin, f Features) (FeaturesPlan, error) {
	if err := f.Check(); err != nil {
		return FeaturesPlan{}, err
	}
	return newWorker(admin, f.Pace, nil).featuresPlan(ctx, f)
}

func (w *worker) featuresPlan(ctx context.Context, f Features) (FeaturesPlan, error) {
	var levels map[int32]MetadataVersion
	if err := w.try(ctx, func(ctx context.Context) (err error) {
		levels, err = w.metadataVersions(ctx)
		return err
	}); err != nil {
		return FeaturesPlan{}, err
	}
	plan := FeaturesPlan{To: f.Level, Older: pick(levels, func(v MetadataVersion) bool { return v.Highest < f.Level })}
	for _, version := range levels {
		plan.From = max(plan.From, version.Finalised) // others have not heard of it yet
	}
	if !plan.changes() {
		plan.Behind = others(levels, f.Level)
		return plan, nil
	}
	var reasons []string
	if f.Level < plan.From && len(features.OneWay(plan.From, f.Level)) > 0 {
		reasons = append(reasons, fmt.Sprintf("%d would lower it, and %s", f.Level, features.NoWayBack(plan.From, f.Level)))
	}
	for _, id := range plan.Older {
		reasons = append(reasons, fmt.Sprintf("broker %d knows %s up to %d only: %s", id, features.MetadataVersion, levels[id].Highest, newer(f.Level)))
	}
	if len(reasons) > 0 {
		return plan, refuse(plan.stays(), reasons)
	}
	return plan, w.setMetadataVersion(ctx, plan, true)
}

// stays is what a refusal leaves.
func (p FeaturesPlan) stays() string {
	return fmt.Sprintf("%s stays %d", features.MetadataVersion, p.From)
}

// metadataVersions are what brokers that serve know, by id.
func (w *worker) metadataVersions(ctx context.Context) (map[int32]MetadataVersion, error) {
	brokers, err := w.Brokers(ctx)
	if err != nil {
		return nil, err
	}
	levels := map[int32]MetadataVersion{}
	for _, b := range brokers {
		if b.Fenced { // it does not answer, and hears of it before it serves
			continue
		}
		if levels[b.ID], err = w.MetadataVersionOf(ctx, b.ID); err != nil {
			return nil, err
		}
	}
	if len(levels) == 0 {
		return nil, errors.New("no broker serves")
	}
	return levels, nil
}

// setMetadataVersion does it, or asks whether Kafka would. That Kafka would not is a refusal.
func (w *worker) setMetadataVersion(ctx context.Context, plan FeaturesPlan, validate bool) error {
	err := w.try(ctx, func(ctx context.Context) error {
		return w.SetMetadataVersion(ctx, plan.To, plan.To < plan.From, validate)
	})
	if errors.Is(err, kerr.InvalidUpdateVersion) {
		return refuse(plan.stays(), []string{fmt.Sprintf("%v: %s", err, w.wayOn(ctx, err, plan.To))})
	}
	return err
}

// blamed is the node that Kafka says does not know a level (QuorumFeatures.reasonNotSupported).
var blamed = regexp.MustCompile(`(?i)\b(broker|controller) (\d+)\b`)

// wayOn is what to do about the node that Kafka names.
func (w *worker) wayOn(ctx context.Context, refused error, level int16) string {
	node := blamed.FindStringSubmatch(refused.Error())
	if node == nil {
		return newer(level)
	}
	number, err := strconv.ParseInt(node[2], 10, 32)
	if err != nil {
		return newer(level)
	}
	id := int32(number)
	if node[1] == "Broker" || node[1] == "broker" {
		return fmt.Sprintf("%s, or, if broker %d is gone for good, unregister it", newer(level), id)
	}
	quorum, err := w.Quorum(ctx)
	if _, votes := quorum.voter(id); err != nil || votes {
		return newer(level)
	}
	return fmt.Sprintf("controller %d does not vote any more and is still registered; let it come back for one up, with a Kafka that knows the level, and leave again", id)
}

// newer is what a node has to run.
func newer(level int16) string {
	if release, known := features.Reading(level); known {
		return fmt.Sprintf("let every node run Kafka %s first", release.Name)
	}
	return "let every node run a newer Kafka first"
}

// others are the brokers that know of another finalised level.
func others(levels map[int32]MetadataVersion, level int16) []int32 {
	return pick(levels, func(v MetadataVersion) bool { return v.Finalised != level })
}

func pick(levels map[int32]MetadataVersion, which func(MetadataVersion) bool) []int32 {
	var ids []int32
	for id, version := range levels {
		if which(version) {
			ids = append(ids, id)
		}
	}
	return sorted(ids)
}
