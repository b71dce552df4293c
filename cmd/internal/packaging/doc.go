// Package packaging turns a template and the local files that it refers to into
// artifacts, and into a template that refers to these.
//
// It knows nothing of AWS's APIs: who uploads the artifacts, and how, is
// package cloud's business. It writes no files, and keeps no more than a few
// megabytes of what it reads.
package packaging
