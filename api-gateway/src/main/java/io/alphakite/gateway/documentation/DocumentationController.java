package io.alphakite.gateway.documentation;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/openapi.json}, and the way to the pages that show it. */
@RestController
class DocumentationController {
  private static final Resource DOCUMENT = new ClassPathResource("openapi.json");

  @GetMapping("/v1/openapi.json")
  ResponseEntity<Resource> document() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(DOCUMENT);
  }

  @GetMapping("/docs")
  ResponseEntity<Void> pages() {
    return ResponseEntity.status(302).header("Location", "/docs/index.html").build();
  }
}
