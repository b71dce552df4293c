package containerd

import (
	"context"
	"fmt"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs"

	"sam/emulator/process"
)

// ownerLabel says which program a container belongs to.
const ownerLabel = "sam.owner"

// sweep removes the containers of programs that were killed. Their processes
// have ended with these; what is left are containerd's notes and their files.
func (r *Runner) sweep(ctx context.Context) {
	process.SweepReceptions()
	left, err := r.client.Containers(ctx, fmt.Sprintf("labels.%q", ownerLabel))
	if err != nil {
		return // who is about to use containerd will say it
	}
	for _, container := range left {
		labels, err := container.Labels(ctx)
		if err == nil && process.OwnerGone(labels[ownerLabel]) {
			_ = discard(ctx, container) // it is tried again by the next program
		}
	}
}

func discard(ctx context.Context, container containerd.Container) error {
	task, err := container.Task(ctx, nil)
	if err == nil {
		_, err = task.Delete(ctx, containerd.WithProcessKill)
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return err
	}
	return container.Delete(ctx, containerd.WithSnapshotCleanup)
}
