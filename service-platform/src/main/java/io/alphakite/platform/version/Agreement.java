package io.alphakite.platform.version;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether the services that run fit together and to the schema. Each can be updated alone: other
 * builds are no disagreement, only what does not work together.
 *
 * @param incompatible what does not fit and what to do about it, a sentence each; empty when all
 *     that runs fits
 * @param missing services that never said their version
 * @param silent services that have not said it for a while, a phrase each
 */
public record Agreement(List<String> incompatible, List<String> missing, List<String> silent) {

  /** Who has to say its version. */
  public static final Set<String> SERVICES =
      Set.of("streaming-service", "trading-engine", "api-gateway");

  public Agreement {
    incompatible = List.copyOf(incompatible);
    missing = List.copyOf(missing);
    silent = List.copyOf(silent);
  }

  /**
   * Compares all that run.
   *
   * @param applied the newest migration that the database has
   * @param servesFrom builds that know only older migrations than this one are not served
   */
  public static Agreement of(Collection<ServiceVersion> reports, int applied, int servesFrom) {
    Map<String, ServiceVersion> known =
        reports.stream()
            .collect(
                Collectors.toMap(
                    ServiceVersion::service,
                    Function.identity(),
                    (one, other) -> one,
                    TreeMap::new));
    List<ServiceVersion> running = known.values().stream().filter(ServiceVersion::fresh).toList();
    List<String> incompatible = new ArrayList<>();
    for (ServiceVersion one : running) {
      if (one.schema() > applied) {
        incompatible.add(
            "%s (%s) needs schema version %d and the database has %d: run ./kite migrate."
                .formatted(one.service(), one.build(), one.schema(), applied));
      } else if (one.schema() < servesFrom) {
        incompatible.add(
            "%s (%s) knows schema version %d and the database serves %d or newer: update it."
                .formatted(one.service(), one.build(), one.schema(), servesFrom));
      }
      running.stream()
          .filter(other -> one.contract() < other.contractOldest())
          .map(
              other ->
                  "%s (%s) speaks contract %d and %s (%s) needs %d or newer: update %s."
                      .formatted(
                          one.service(),
                          one.build(),
                          one.contract(),
                          other.service(),
                          other.build(),
                          other.contractOldest(),
                          one.service()))
          .forEach(incompatible::add);
    }
    Set<String> missing = new TreeSet<>(SERVICES);
    missing.removeAll(known.keySet());
    List<String> silent =
        known.values().stream()
            .filter(service -> SERVICES.contains(service.service()) && !service.fresh())
            .map(service -> service.service() + " (for " + service.secondsAgo() + " s)")
            .toList();
    return new Agreement(incompatible, List.copyOf(missing), silent);
  }
}
