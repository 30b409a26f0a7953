package dev.workerpool.operator.status;

import dev.workerpool.operator.desired.Release;
import java.util.Map;

/**
 * What the replicas were told while they ran, and what they said to it.
 *
 * @param release with the key by which they know who tells them, if there is one
 * @param inForce by the uid of the pod; absent for those that have not said yet
 * @param refusals what a replica said that did not take what it was told, by the uid of the pod
 */
public record Told(Release release, Map<String, SettingsInForce> inForce, Map<String, String> refusals) {

    public static final Told NOTHING = new Told(new Release("", "", ""), Map.of(), Map.of());
}
