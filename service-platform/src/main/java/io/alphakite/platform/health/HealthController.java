package io.alphakite.platform.health;

import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.database.SchemaVersion;
import io.alphakite.platform.version.BuildVersion;
import io.alphakite.platform.version.ServiceVersions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /health}: 200 while it works, if degraded, and 503 when it does not. */
@RestController
class HealthController {
  private final ServiceDefinition service;
  private final List<HealthCheck> checks;

  HealthController(ServiceDefinition service, List<HealthCheck> checks) {
    this.service = service;
    this.checks = List.copyOf(checks);
  }

  @GetMapping("/health")
  ResponseEntity<Map<String, Object>> health() {
    Status worst = Status.UP;
    Map<String, Object> results = new LinkedHashMap<>();
    for (HealthCheck check : checks) {
      CheckResult result = run(check);
      worst = worst.worse(result.status());
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("status", result.status());
      shown.putAll(result.details());
      results.put(check.name(), shown);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", worst);
    body.put("service", service.name());
    body.put("version", BuildVersion.get());
    body.put("schema_version", SchemaVersion.known());
    body.put("contract_version", ServiceVersions.CONTRACT);
    body.put("checks", results);
    return ResponseEntity.status(worst == Status.DOWN ? 503 : 200)
        .cacheControl(CacheControl.noStore())
        .body(body);
  }

  private static CheckResult run(HealthCheck check) {
    try {
      return check.check();
    } catch (RuntimeException e) {
      return CheckResult.down("the check itself failed: " + e.getClass().getSimpleName());
    }
  }
}
