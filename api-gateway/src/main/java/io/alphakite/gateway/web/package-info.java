/** What every route shares: problems, strict JSON in, exact decimals out, query values. */
@NullMarked
package io.alphakite.gateway.web;

import org.jspecify.annotations.NullMarked;
