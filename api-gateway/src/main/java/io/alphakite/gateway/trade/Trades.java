package io.alphakite.gateway.trade;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.repository.Repository;

/** The trades as read. */
interface Trades extends Repository<Trade, UUID>, JpaSpecificationExecutor<Trade> {

  Optional<Trade> findById(UUID id);

  List<Trade> findByIdInOrderByUpdatedAtAscIdAsc(Collection<UUID> ids);

  List<Trade> findByUpdatedAtGreaterThanEqualOrderByUpdatedAtAscIdAsc(Instant since, Limit limit);

  List<Trade> findByOrderByCreatedAtDescIdDesc(Limit limit);

  List<Trade> findByStatusInOrderByCreatedAtDescIdDesc(Collection<String> statuses, Limit limit);
}
