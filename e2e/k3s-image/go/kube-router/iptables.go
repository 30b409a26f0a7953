package main

import (
	"strings"

	"github.com/cloudnativelabs/kube-router/v2/pkg/utils"
)

// remembering asks iptables nothing twice until it has changed something. The controller makes sure of its seven fixed
// rules at every change of any pod, with seventeen processes, and it alone writes to its tables: without this the start
// of two pods costs it 150 ms of a core rather than 70. For one goroutine at a time, as the controller has it.
type remembering struct {
	utils.IPTablesHandler
	answers map[string]any
}

func remember[T any](r *remembering, ask func() (T, error), question ...string) (T, error) {
	key := strings.Join(question, "\x00")
	if answer, ok := r.answers[key]; ok {
		return answer.(T), nil
	}
	answer, err := ask()
	if err == nil {
		r.answers[key] = answer
	}
	return answer, err
}

func (r *remembering) ChainExists(table, chain string) (bool, error) {
	return remember(r, func() (bool, error) { return r.IPTablesHandler.ChainExists(table, chain) }, "chain", table, chain)
}

func (r *remembering) Exists(table, chain string, rule ...string) (bool, error) {
	question := append([]string{"rule", table, chain}, rule...)
	return remember(r, func() (bool, error) { return r.IPTablesHandler.Exists(table, chain, rule...) }, question...)
}

func (r *remembering) List(table, chain string) ([]string, error) {
	return remember(r, func() ([]string, error) { return r.IPTablesHandler.List(table, chain) }, "rules", table, chain)
}

func (r *remembering) AppendUnique(table, chain string, rule ...string) error {
	if exists, err := r.Exists(table, chain, rule...); exists || err != nil {
		return err
	}
	clear(r.answers)
	return r.IPTablesHandler.Append(table, chain, rule...)
}

func (r *remembering) Insert(table, chain string, position int, rule ...string) error {
	clear(r.answers)
	return r.IPTablesHandler.Insert(table, chain, position, rule...)
}

func (r *remembering) Delete(table, chain string, rule ...string) error {
	clear(r.answers)
	return r.IPTablesHandler.Delete(table, chain, rule...)
}

func (r *remembering) NewChain(table, chain string) error {
	clear(r.answers)
	return r.IPTablesHandler.NewChain(table, chain)
}
