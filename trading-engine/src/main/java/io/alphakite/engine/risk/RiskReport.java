package io.alphakite.engine.risk;

import io.alphakite.engine.risk.RiskDecision.Approved;
import io.alphakite.engine.risk.RiskDecision.Denied;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a decision was made on, check by check in the gate's order, for a person to read.
 *
 * <p>It compares nothing: which check said no is the decision's own word, those before it held, and
 * those after it were not made.
 */
final class RiskReport {

  private final RiskDecision decision;
  private final boolean reducing;
  private final List<Map<String, Object>> checks = new ArrayList<>();
  private boolean over;

  RiskReport(RiskDecision decision, boolean reducing) {
    this.decision = decision;
    this.reducing = reducing;
  }

  /** A check of every order. */
  RiskReport check(String rule, @Nullable Object figure, @Nullable Object limit) {
    boolean said = decision instanceof Denied denied && denied.rule().equals(rule) && !over;
    return add(rule, figure, limit, over ? "not_made" : said ? "denied" : "held", said);
  }

  /** A check that an order which only makes a position smaller skips. */
  RiskReport ofNewRisk(String rule, @Nullable Object figure, @Nullable Object limit) {
    return reducing ? add(rule, figure, limit, "skipped", false) : check(rule, figure, limit);
  }

  private RiskReport add(
      String rule, @Nullable Object figure, @Nullable Object limit, String result, boolean said) {
    Map<String, Object> check = new LinkedHashMap<>();
    check.put("rule", rule);
    check.put("result", result);
    check.put("figure", figure == null ? "not known" : figure.toString());
    if (limit != null) {
      check.put("limit", limit.toString());
    }
    checks.add(check);
    over |= said;
    return this;
  }

  /** The report. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    switch (decision) {
      case Approved approved -> {
        facts.put("decision", "approved");
        facts.put("reducing", approved.reducing());
      }
      case Denied denied -> {
        facts.put("decision", "denied");
        facts.put("reducing", reducing);
        facts.put("rule", Objects.requireNonNull(denied.rule()));
      }
    }
    facts.put("checks", List.copyOf(checks));
    return facts;
  }
}
