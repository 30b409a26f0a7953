/**
 * The WorkerPool API, version v1alpha1: what a user writes, what the operator answers, and the rules between them.
 *
 * <p>The records are the manual: their descriptions become {@code kubectl explain}, their constraints the schema of the
 * custom resource definition. A choice among words is a {@code String} whose schema lists the words, never a Java enum,
 * so that an object written under another version of the schema still decodes. Unknown fields are ignored for the same
 * reason.
 */
package dev.workerpool.api.v1alpha1;
