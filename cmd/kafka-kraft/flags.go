package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// flags are those of one command. Everything is a flag: there are no arguments.
type flags struct {
	*flag.FlagSet
	checks []func() error
}

func newFlags(command string) *flags {
	f := &flags{FlagSet: flag.NewFlagSet("kafka-kraft "+command, flag.ContinueOnError)}
	f.SetOutput(io.Discard) // what is wrong is told once, by the error
	return f
}

// check adds what is asked of the flags' values once they are read.
func (f *flags) check(ask func() error) { f.checks = append(f.checks, ask) }

// read reads the command line. Its error names all that is wrong and what is allowed.
func (f *flags) read(args []string, to streams) error {
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(to.out, f.usage())
		return err
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", f.Name(), err, f.usage())
	}
	var errs []error
	if f.NArg() > 0 {
		errs = append(errs, fmt.Errorf("unexpected arguments %q: everything is a flag", f.Args()))
	}
	for _, ask := range f.checks {
		errs = append(errs, ask())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s: %w\n`kafka-kraft help %s` lists the flags", f.Name(), err, strings.TrimPrefix(f.Name(), "kafka-kraft "))
	}
	return nil
}

func (f *flags) usage() string {
	var text strings.Builder
	fmt.Fprintf(&text, "The flags of %s:\n", f.Name())
	f.SetOutput(&text)
	f.PrintDefaults()
	f.SetOutput(io.Discard)
	return text.String()
}

// given reports whether a flag is on the command line, whatever its value.
func (f *flags) given(name string) bool {
	found := false
	f.Visit(func(g *flag.Flag) { found = found || g.Name == name })
	return found
}

// proof are the flags of what writes and reads records.
type proof struct {
	records int
	timeout time.Duration
}

func (p *proof) add(f *flags) {
	const most = 1_000_000
	f.IntVar(&p.records, "records", 1000, fmt.Sprintf("how many `records` the smoke check writes, 1 to %d", most))
	f.DurationVar(&p.timeout, "timeout", 2*time.Minute, "how long the smoke check may take")
	f.check(func() error {
		var errs []error
		if p.records < 1 || p.records > most {
			errs = append(errs, fmt.Errorf("-records %d: must be 1 to %d", p.records, most))
		}
		if p.timeout <= 0 {
			errs = append(errs, fmt.Errorf("-timeout %s: must be positive, such as 90s or 5m", p.timeout))
		}
		return errors.Join(errs...)
	})
}
