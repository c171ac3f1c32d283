package io.alphakite.gateway.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

/** The stored keys. */
interface ApiKeys extends Repository<ApiKey, UUID> {

  Optional<ApiKey> findByKeyHash(byte[] keyHash);

  Optional<ApiKey> findById(UUID id);

  List<ApiKey> findAllByOrderByCreatedAtAsc();

  boolean existsByNameAndRevokedAtIsNull(String name);

  long count();

  ApiKey save(ApiKey key);
}
