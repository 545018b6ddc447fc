import { api, done, type Schemas } from "@shared/api/client.ts";
import { useLiveStatus } from "@shared/live/live.ts";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";

export type Product = Schemas["Product"];

/** Asked again now and then only while nothing is heard live. */
function useFallback(): number | false {
  return useLiveStatus() === "live" ? false : 10_000;
}

export function useProducts(): UseQueryResult<Product[]> {
  return useQuery({
    queryKey: ["offerings", "products"],
    queryFn: () => done(api.GET("/api/products", { params: { query: { limit: 100 } } })),
    refetchInterval: useFallback(),
  });
}

/** By id or SKU. */
export function useProduct(product: string, enabled = true): UseQueryResult<Product> {
  return useQuery({
    queryKey: ["offerings", "product", product],
    queryFn: () => done(api.GET("/api/products/{product}", { params: { path: { product } } })),
    refetchInterval: useFallback(),
    enabled,
  });
}

export type SaleState = "upcoming" | "live" | "sold_out" | "ended";

/** The state now, given what is left now: the server said it a while ago. */
export function saleState(product: Product, left: number): SaleState {
  if (product.status === "upcoming" || product.status === "ended") return product.status;
  return left > 0 ? "live" : "sold_out";
}
