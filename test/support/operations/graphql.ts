/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What a custom attribute holds. */
export type AttributeType =
  /** true or false. */
  | 'BOOLEAN'
  /** A calendar day, YYYY-MM-DD. */
  | 'DATE'
  /** A number. */
  | 'FLOAT'
  /** A whole number. */
  | 'INTEGER'
  /** A JSON document. */
  | 'JSON'
  /** A decimal number of a given precision and scale. */
  | 'NUMERIC'
  /** Text. */
  | 'STRING'
  /** A timestamp. */
  | 'TIMESTAMP';

/** What a column holds. */
export type ColumnType =
  /** true or false. */
  | 'BOOLEAN'
  /** A calendar day, YYYY-MM-DD. */
  | 'DATE'
  /** A finite number. */
  | 'FLOAT'
  /** A whole number within plus or minus 2^53-1. */
  | 'INTEGER'
  /** Text. */
  | 'STRING'
  /** A timestamp, RFC 3339 or YYYY-MM-DD HH:MM:SS in UTC. */
  | 'TIMESTAMP';

/** Who refused a row. */
export type Judge =
  /** Rowgate refused the row itself, or could not send it. */
  | 'GATEWAY'
  /** The upstream refused the row, or a request that carried it. */
  | 'UPSTREAM';

/** How a step stands. */
export type OnboardingStatus =
  /** Nothing is left to do. */
  | 'DONE'
  /** Something is wrong; `next` says what to do. */
  | 'FAILED'
  /** Not done yet; `next` says what to do. */
  | 'TODO'
  /** It could not be found out; `next` says what would help. */
  | 'UNKNOWN';

/** What a step is about. */
export type OnboardingStepId =
  /** The tables have the declared columns and keys; what each resource needs and how much is taken at once. */
  | 'COLUMNS'
  /** The upstream takes the example row of every resource, validated and not written. */
  | 'DRY_RUN'
  /** Real rows have been accepted. */
  | 'FIRST_ROWS'
  /** How many rows are refused, and why. */
  | 'OUTCOMES'
  /** The upstream has the solution, with the prefix and suffix that are used here. */
  | 'SOLUTION'
  /** Every expected table is rolled out. */
  | 'TABLES'
  /** The upstream accepts the token. */
  | 'TOKEN';

/** Whether a field must be there. */
export type Presence =
  /** The field may be null or left out; the upstream is sent null then. */
  | 'NULLABLE'
  /** The field may be left out. */
  | 'OPTIONAL'
  /** The field must be there and not null. */
  | 'REQUIRED';

/** One row of Pricing: Unit cost and list price of a product at a location, optionally for a limited period. Key: productId, locationId, createdAt. */
export type PricingRowInput = {
  /** When the price row was created; part of the key. Part of the primary key. Column created_at of PRICING (inventory). */
  createdAt: string;
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  extra?: Record<string, unknown> | null | undefined;
  /** Site the price holds for. Part of the primary key. Refers to locations.location_id. Column location_id of PRICING (inventory). */
  locationId: string;
  /** Product priced. Part of the primary key. Refers to products.product_id. Column product_id of PRICING (inventory). */
  productId: string;
  /** Cost of one unit at the site. Passed on with every digit it is written with. At least 0. Column unit_cost_price of PRICING (inventory). */
  unitCostPrice: number;
  /** Retail or transfer price of one unit at the site. Passed on with every digit it is written with. At least 0. Column unit_list_price of PRICING (inventory). */
  unitListPrice: number;
  /** Start of the price's validity. May be left out. Column valid_from of PRICING (inventory). */
  validFrom?: string | null | undefined;
  /** End of the price's validity. May be left out. Column valid_to of PRICING (inventory). */
  validTo?: string | null | undefined;
};

/** One row of Products: Item master: identity, category, packaging and main source of every managed SKU. Key: productId, updatedAt. */
export type ProductsRowInput = {
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  extra?: Record<string, unknown> | null | undefined;
  /** Smallest orderable number of units. May be left out. Column minimum_order_quantity of PRODUCTS (inventory). */
  minimumOrderQuantity?: number | null | undefined;
  /** Sellable units in one pack. At least 1. Column pack_size of PRODUCTS (inventory). */
  packSize: number;
  /** Category label. May be left out. Column product_category of PRODUCTS (inventory). */
  productCategory?: string | null | undefined;
  /** Longer text about the item. May be left out. Column product_description of PRODUCTS (inventory). */
  productDescription?: string | null | undefined;
  /** Key of the item; nearly every other table points to it. Part of the primary key. Column product_id of PRODUCTS (inventory). */
  productId: string;
  /** One image URL, or several separated by commas. May be left out. Column product_image_urls of PRODUCTS (inventory). */
  productImageUrls?: string | null | undefined;
  /** Display name. May be left out. Column product_name of PRODUCTS (inventory). */
  productName?: string | null | undefined;
  /** Main supplier or source of the item; expected to equal a supplier_id. Refers to suppliers.supplier_id. Column source_id of PRODUCTS (inventory). */
  sourceId: string;
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of PRODUCTS (inventory). */
  updatedAt: string;
};

/** What to roll out, and where to. */
export type RolloutInput = {
  /** The application whose schema is rolled out. */
  appName: string;
  /** The application's version, such as 1.0.0. */
  appVersion: string;
  /** The modules whose tables are expected; those of the known solution where left out. A new solution must name them. */
  modules?: Array<string> | null | undefined;
  /** Put before every object name; the solution's own where left out. */
  prefix?: string | null | undefined;
  /** A solution that is configured or rolled out for the token, or the name of a new one. */
  solutionName: string;
  /** Put after every object name; the solution's own where left out. */
  suffix?: string | null | undefined;
  /** The database schema the tables are created in, such as STAGE. */
  targetSchemaName: string;
};

/** Why a row was rejected. Whatever the code, the row was not written. */
export type RowIssueCode =
  /** The number is larger than the column allows. Correct it; the message names the limit. */
  | 'ABOVE_MAXIMUM'
  /** The upstream refused each request that carried this row with others, and the search for the rows to blame had to stop. The row was not written. Send it again in a smaller mutation. */
  | 'BATCH_UNPROCESSABLE'
  /** The number is smaller than the column allows. Correct it; the message names the limit. */
  | 'BELOW_MINIMUM'
  /** Another row of this request has the same primary key; `message` says which, by its index, and by its field if that is another one. APPEND: the other row came first, and only that one is sent. UPSERT: the other row came later and was accepted before this one could be sent again; sending it would undo the later one. APPEND: send the key once. UPSERT: do nothing; the later row stands. */
  | 'DUPLICATE_KEY'
  /** A key field is empty, or has only white space, zero-width and control characters. Send a key that people can see and that identifies the row. */
  | 'EMPTY_KEY'
  /** A key in `extra` is not a plain name (a letter or underscore, then letters, digits, underscores; at most 127), or appears twice in different case; or a name within its value has a backslash. Correct the name. */
  | 'EXTRA_INVALID_NAME'
  /** A key in `extra` is the name of a declared column. Send it as the field itself. */
  | 'EXTRA_IS_A_COLUMN'
  /** `extra` is not an object. Send an object of attribute names and values. */
  | 'EXTRA_NOT_AN_OBJECT'
  /** A value in `extra` is nested deeper than 8 levels. Flatten it, or send it as JSON text. */
  | 'EXTRA_TOO_DEEP'
  /** A field, or a name in `extra`, is called `__proto__`, `prototype` or `constructor`: such names are not allowed. Leave it out. */
  | 'FORBIDDEN_NAME'
  /** The value is not a real calendar day written YYYY-MM-DD. Write it that way. */
  | 'INVALID_DATE'
  /** The column holds a JSON document as text, and the text is not JSON. Send what `JSON.stringify` or a similar function writes. */
  | 'INVALID_JSON'
  /** The text holds a NUL character or half of a surrogate pair, which cannot be stored. Remove it; it usually comes from a wrong encoding. */
  | 'INVALID_TEXT'
  /** The value is not a real timestamp. Write it as RFC 3339 with Z or an offset (T or a space, the colon and the minutes of the offset as you like), or as YYYY-MM-DD HH:MM:SS in UTC. */
  | 'INVALID_TIMESTAMP'
  /** A required field is not there. Add it; every key field must be in every row. */
  | 'MISSING_FIELD'
  /** The row has more issues than are listed. Correct the listed ones, and send the row again. */
  | 'MORE_ISSUES'
  /** The text is not in the closed list of the column. Send one of those that the query `resources` lists. */
  | 'NOT_ALLOWED'
  /** The row is not an object of fields. Send one object per row. */
  | 'NOT_AN_OBJECT'
  /** The number is too large or too small to be carried (it reads as infinity, or as zero). Send one that fits a double. */
  | 'NOT_FINITE'
  /** A required field is null. Send a value. */
  | 'NULL_VALUE'
  /** The whole number is beyond plus or minus 2^53-1 and cannot be carried exactly. Send a smaller one. */
  | 'OUT_OF_RANGE'
  /** Rowgate could not send the row in time, because too many rows are waiting or because it is stopping. The row was not written. Send it again. */
  | 'OVERLOADED'
  /** The row alone exceeds the size of one upstream request (`limits.bytesPerRequest`). Shorten it. */
  | 'ROW_TOO_LARGE'
  /** The mutation has an idempotency key, and it could not be recorded that the row was about to be sent. The row was not written. Send the same request again. */
  | 'STORE_UNAVAILABLE'
  /** The text is longer than the column allows. Shorten it. */
  | 'TOO_LONG'
  /** The decimal has more digits than the column holds before or after its point. Round it; nothing is rounded on the way. */
  | 'TOO_MANY_DIGITS'
  /** The timestamp has a fraction of a second other than zero, which the wire form of this module cannot carry. Send whole seconds. */
  | 'TOO_PRECISE'
  /** A key in `extra` is not a custom attribute of the table, as the upstream lists them. Correct the name, or add the attribute first (`addAttribute`). */
  | 'UNKNOWN_ATTRIBUTE'
  /** The row has a field that this resource does not have. Correct its name; custom attributes belong in `extra`. */
  | 'UNKNOWN_FIELD'
  /** The upstream does not know the object: it is not rolled out, or the configured path is wrong. The row was not written. Roll the tables out first. */
  | 'UPSTREAM_NOT_FOUND'
  /** The upstream asked to slow down, and still did when Rowgate stopped repeating the row. The row was not written. Send it again later. */
  | 'UPSTREAM_RATE_LIMITED'
  /** The upstream refused a request with this row: the row was alone in it, or the request could not be divided, or dividing it did not help, or other rows in it were to blame (then `retryable` is true). The row was not written. Correct the row or the request. */
  | 'UPSTREAM_REFUSED_BATCH'
  /** The upstream refused this row and did not write it. Its code is in `upstreamCode`, its words are in `message` if they cannot quote a value. Correct the row, or send it again if `retryable` says so. */
  | 'UPSTREAM_REJECTED'
  /** The upstream refused the token, or the token has no access to the solution. The row was not written. Send it again with another token, or get access for this one; a solution that is not rolled out for the token is refused in the same way. */
  | 'UPSTREAM_UNAUTHORIZED'
  /** The upstream has failed many times in a row, so Rowgate has stopped sending for now. The row was not written. Send it again in a few seconds. */
  | 'UPSTREAM_UNAVAILABLE'
  /** No connection to the upstream could be made, or it broke before the request left. The row was not written. Send it again. */
  | 'UPSTREAM_UNREACHABLE'
  /** The value has a different type from the column. Nothing is converted: "12" is not an integer, 1 is not a boolean. Send it as the type that the message names. */
  | 'WRONG_TYPE';

/** One row of Sale extra: Sales per product variant, for shops that track size, colour or pack. Key: productId, locationId, productVariant, soldAt. */
export type SaleExtraRowInput = {
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of SALE_EXTRA (markdown). */
  createdAt?: string | null | undefined;
  /** Customer who bought. May be null; sent as null when left out. Column customer_id of SALE_EXTRA (markdown). */
  customerId?: string | null | undefined;
  /** Units of the variant asked for, whether or not supplied. May be null; sent as null when left out. Passed on with every digit it is written with. Column demand_units of SALE_EXTRA (markdown). */
  demandUnits?: number | null | undefined;
  /** Value of the units asked for. May be null; sent as null when left out. Passed on with every digit it is written with. Column demand_value of SALE_EXTRA (markdown). */
  demandValue?: number | null | undefined;
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  extra?: Record<string, unknown> | null | undefined;
  /** Location where the sale took place. Part of the primary key. Refers to location.location_id. Column location_id of SALE_EXTRA (markdown). */
  locationId: string;
  /** Product that was sold. Part of the primary key. Refers to product.product_id. Column product_id of SALE_EXTRA (markdown). */
  productId: string;
  /** Variant sold, such as size:L. Part of the primary key. Column product_variant of SALE_EXTRA (markdown). */
  productVariant: string;
  /** Units sent back. Column return_units of SALE_EXTRA (markdown). */
  returnUnits: number;
  /** Value of the units sent back. Passed on with every digit it is written with. Column return_value of SALE_EXTRA (markdown). */
  returnValue: number;
  /** When goods came back. May be null; sent as null when left out. Column returned_at of SALE_EXTRA (markdown). */
  returnedAt?: string | null | undefined;
  /** Other identifier of the sale. May be null; sent as null when left out. Column sale_id of SALE_EXTRA (markdown). */
  saleId?: string | null | undefined;
  /** Units of the variant sold after returns. Column sales_units of SALE_EXTRA (markdown). */
  salesUnits: number;
  /** Value of the variant sold after returns. Passed on with every digit it is written with. Column sales_value of SALE_EXTRA (markdown). */
  salesValue: number;
  /** When goods were sent. May be null; sent as null when left out. Column shipped_at of SALE_EXTRA (markdown). */
  shippedAt?: string | null | undefined;
  /** When the sale took place. Part of the primary key. Column sold_at of SALE_EXTRA (markdown). */
  soldAt: string;
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of SALE_EXTRA (markdown). */
  updatedAt?: string | null | undefined;
};

/** One row of Sales: Units and value sold per product, location and day. Key: productId, locationId, dayDate. */
export type SalesRowInput = {
  /** Day of the sales. Part of the primary key. Column day_date of SALES (inventory). */
  dayDate: string;
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  extra?: Record<string, unknown> | null | undefined;
  /** Site of the sale. Part of the primary key. Refers to locations.location_id. Column location_id of SALES (inventory). */
  locationId: string;
  /** Product sold. Part of the primary key. Refers to products.product_id. Column product_id of SALES (inventory). */
  productId: string;
  /** Units sold that day. Column sales_units of SALES (inventory). */
  salesUnits: number;
  /** Money value of those units. Passed on with every digit it is written with. Column sales_value of SALES (inventory). */
  salesValue: number;
};

/** What differs. */
export type SchemaDifferenceKind =
  /** The table has a column that is not declared. */
  | 'EXTRA_COLUMN'
  /** A declared column is not in the table. */
  | 'MISSING_COLUMN'
  /** A declared table is not rolled out. */
  | 'MISSING_TABLE'
  /** A column is part of the key on one side only. */
  | 'OTHER_KEY'
  /** A column is required on one side only. */
  | 'OTHER_PRESENCE'
  /** A column holds another type than declared. */
  | 'OTHER_TYPE';

/** One row of Stock extra: Units on hand per product variant, location and day. Key: productId, locationId, productVariant, stockDateAt. */
export type StockExtraRowInput = {
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of STOCK_EXTRA (markdown). */
  createdAt?: string | null | undefined;
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  extra?: Record<string, unknown> | null | undefined;
  /** Location holding the stock. Part of the primary key. Refers to location.location_id. Column location_id of STOCK_EXTRA (markdown). */
  locationId: string;
  /** Product in stock. Part of the primary key. Refers to product.product_id. Column product_id of STOCK_EXTRA (markdown). */
  productId: string;
  /** Variant counted, such as colour:red. Part of the primary key. Column product_variant of STOCK_EXTRA (markdown). */
  productVariant: string;
  /** Day of the stock count. Part of the primary key. Column stock_date_at of STOCK_EXTRA (markdown). */
  stockDateAt: string;
  /** Other identifier of the stock record. May be null; sent as null when left out. Column stock_id of STOCK_EXTRA (markdown). */
  stockId?: string | null | undefined;
  /** Units of the variant on hand. Column stock_units of STOCK_EXTRA (markdown). */
  stockUnits: number;
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of STOCK_EXTRA (markdown). */
  updatedAt?: string | null | undefined;
};

/** Why it is not known whether a row was written. */
export type UnconfirmedReason =
  /** The connection broke after the request was sent; the row may have been written. UPSERT: send it again. APPEND: look the row up first. */
  | 'CONNECTION_LOST'
  /** The upstream said nothing about this row, or something went wrong in Rowgate; the row may have been written. UPSERT: send it again. APPEND: look the row up first, and tell the operators. */
  | 'NO_VERDICT'
  /** The request was sent and no answer came in time; the row may have been written, or may still be written later. UPSERT: send it again. APPEND: look the row up first, some time later. */
  | 'TIMED_OUT'
  /** The upstream answered, but the answer contradicts itself or cannot be matched to this row for certain; it may have been written. UPSERT: send it again. APPEND: look the row up first. */
  | 'UNREADABLE_ANSWER'
  /** The upstream failed (5xx) and does not say whether the row was written; it may have been. UPSERT: send it again. APPEND: look the row up first. */
  | 'UPSTREAM_ERROR';

export type UpsertProductsMutationVariables = Exact<{
  rows: Array<ProductsRowInput> | ProductsRowInput;
}>;


export type UpsertProductsMutation = { upsertProducts: { object: string, acceptedCount: number, rejectedCount: number, unconfirmedCount: number, rows: Array<
      | { __typename: 'AcceptedRow', index: number, key: Record<string, unknown> }
      | { __typename: 'RejectedRow', index: number, key: Record<string, unknown>, by: Judge, retryable: boolean, issues: Array<{ code: RowIssueCode, field: string | null, message: string, hint: string | null }> }
      | { __typename: 'UnconfirmedRow', index: number, key: Record<string, unknown>, reason: UnconfirmedReason, safeToResend: boolean }
    > } | null };

export type OnboardingQueryVariables = Exact<{
  solution: string;
}>;


export type OnboardingQuery = { onboarding: { done: boolean, steps: Array<{ id: OnboardingStepId, title: string, status: OnboardingStatus, checked: string, next: string | null, details: Array<string> }> } | null };

export type SaveSchemaMutationVariables = Exact<{
  appName: string;
  appVersion: string;
  modules?: Array<string> | string | null | undefined;
  dryRun?: boolean | null | undefined;
}>;


export type SaveSchemaMutation = { saveSchema: { tables: Array<string>, schemaDefinition: string } | null };

export type AddAttributeMutationVariables = Exact<{
  resource: string;
  name: string;
  type: AttributeType;
}>;


export type AddAttributeMutation = { addAttribute: { solution: string, object: string, name: string } | null };

export type DataQualityQueryVariables = Exact<{
  solution: string;
  rows: number;
}>;


export type DataQualityQuery = { dataQuality: { mutations: number, accepted: number, rejected: number, unconfirmed: number, passRate: number | null, topIssues: Array<{ code: RowIssueCode, field: string | null, count: number }>, buckets: Array<{ start: string, accepted: number, rejected: number }> } | null, limits: { rowsPerMutation: number, rowsPerRequest: number, requestsPerSecond: number, requestsInLastSecond: number, cost: { requests: number, seconds: number } } | null };

export type AppendSaleExtraMutationVariables = Exact<{
  rows: Array<SaleExtraRowInput> | SaleExtraRowInput;
  key?: string | null | undefined;
}>;


export type AppendSaleExtraMutation = { appendSaleExtra: { object: string, acceptedCount: number, rejectedCount: number, unconfirmedCount: number, replayedCount: number, rows: Array<
      | { __typename: 'AcceptedRow', index: number, key: Record<string, unknown> }
      | { __typename: 'RejectedRow', index: number, key: Record<string, unknown>, by: Judge, retryable: boolean, issues: Array<{ code: RowIssueCode, field: string | null, message: string, hint: string | null }> }
      | { __typename: 'UnconfirmedRow', index: number, key: Record<string, unknown>, reason: UnconfirmedReason, safeToResend: boolean }
    > } | null };

export type UpsertPricingMutationVariables = Exact<{
  rows: Array<PricingRowInput> | PricingRowInput;
}>;


export type UpsertPricingMutation = { upsertPricing: { object: string, acceptedCount: number, rejectedCount: number, unconfirmedCount: number, rows: Array<
      | { __typename: 'AcceptedRow', index: number, key: Record<string, unknown> }
      | { __typename: 'RejectedRow', index: number, key: Record<string, unknown>, by: Judge, retryable: boolean, issues: Array<{ code: RowIssueCode, field: string | null, message: string, hint: string | null }> }
      | { __typename: 'UnconfirmedRow', index: number, key: Record<string, unknown>, reason: UnconfirmedReason, safeToResend: boolean }
    > } | null };

export type UpsertStockExtraMutationVariables = Exact<{
  rows: Array<StockExtraRowInput> | StockExtraRowInput;
}>;


export type UpsertStockExtraMutation = { upsertStockExtra: { object: string, acceptedCount: number, rejectedCount: number, unconfirmedCount: number, rows: Array<
      | { __typename: 'AcceptedRow', index: number, key: Record<string, unknown> }
      | { __typename: 'RejectedRow', index: number, key: Record<string, unknown>, by: Judge, retryable: boolean, issues: Array<{ code: RowIssueCode, field: string | null, message: string, hint: string | null }> }
      | { __typename: 'UnconfirmedRow', index: number, key: Record<string, unknown>, reason: UnconfirmedReason, safeToResend: boolean }
    > } | null };

export type DryRunMutationVariables = Exact<{
  rows: Array<SalesRowInput> | SalesRowInput;
}>;


export type DryRunMutation = { upsertSales: { dryRun: boolean, acceptedCount: number, rejectedCount: number, unconfirmedCount: number, rows: Array<
      | { __typename: 'AcceptedRow', index: number, key: Record<string, unknown> }
      | { __typename: 'RejectedRow', index: number, key: Record<string, unknown>, issues: Array<{ code: RowIssueCode, field: string | null, message: string, hint: string | null }> }
      | { __typename: 'UnconfirmedRow', index: number, key: Record<string, unknown> }
    >, issueSummary: Array<{ code: RowIssueCode, field: string | null, count: number, firstIndexes: Array<number> }> } | null };

export type RolloutMutationVariables = Exact<{
  input: RolloutInput;
}>;


export type RolloutMutation = { rollout: { solutionName: string, complete: boolean, missing: Array<string>, objects: Array<
      | { __typename: 'FailedObject', object: string, message: string }
      | { __typename: 'RolledOutObject', object: string }
    > } | null };

export type ResourcesQueryVariables = Exact<{
  module?: string | null | undefined;
}>;


export type ResourcesQuery = { resources: Array<{ name: string, title: string, description: string, object: string, module: string, primaryKey: Array<string>, upsertMutation: string, appendMutation: string, rowInput: string, example: Record<string, unknown>, columns: Array<{ field: string, column: string, type: ColumnType, presence: Presence, isKey: boolean, references: string | null, minimum: number | null, maximum: number | null, maxLength: number | null, allowedValues: Array<string> | null, description: string }>, limits: { rowsPerMutation: number, rowsPerRequest: number, bytesPerRequest: number } }> };

export type SolutionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SolutionsQuery = { solutions: Array<{ solutionName: string, prefix: string | null, suffix: string | null, targetSchemaName: string | null, tableCount: number | null }> | null, solutionSchema: Array<{ name: string, columns: Array<{ name: string, dataType: string | null, presence: string | null, isKey: boolean | null }> }> | null };

export type SchemaDriftQueryVariables = Exact<{
  solution: string;
}>;


export type SchemaDriftQuery = { schemaDrift: { solution: string, inSync: boolean, differences: Array<{ kind: SchemaDifferenceKind, object: string, column: string | null, declared: string | null, found: string | null, meaning: string, declaration: string | null }> } | null };


export const UpsertProductsDocument = {"__meta__":{"hash":"sha256:382d9ccebf91f3953cf0ed7df67e7f05658a8d1e99567be3638d75f078d9a2b1"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpsertProducts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rows"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ProductsRowInput"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upsertProducts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rows"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rows"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unconfirmedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"IngestedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RejectedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnconfirmedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"safeToResend"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UpsertProductsMutation, UpsertProductsMutationVariables>;
export const OnboardingDocument = {"__meta__":{"hash":"sha256:56d6cb03b08d63612fa2d26d41465102e1a1e6f098363637fe892906b6599616"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Onboarding"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"solution"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"onboarding"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"solution"},"value":{"kind":"Variable","name":{"kind":"Name","value":"solution"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checked"}},{"kind":"Field","name":{"kind":"Name","value":"next"}},{"kind":"Field","name":{"kind":"Name","value":"details"}}]}}]}}]}}]} as unknown as DocumentNode<OnboardingQuery, OnboardingQueryVariables>;
export const SaveSchemaDocument = {"__meta__":{"hash":"sha256:1fff5e5e469a6461272d8a3106a8b94b9756fa7b4ca63369972f1a23a4d2455e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SaveSchema"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"appName"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"appVersion"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"modules"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"saveSchema"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"appName"},"value":{"kind":"Variable","name":{"kind":"Name","value":"appName"}}},{"kind":"Argument","name":{"kind":"Name","value":"appVersion"},"value":{"kind":"Variable","name":{"kind":"Name","value":"appVersion"}}},{"kind":"Argument","name":{"kind":"Name","value":"modules"},"value":{"kind":"Variable","name":{"kind":"Name","value":"modules"}}},{"kind":"Argument","name":{"kind":"Name","value":"dryRun"},"value":{"kind":"Variable","name":{"kind":"Name","value":"dryRun"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tables"}},{"kind":"Field","name":{"kind":"Name","value":"schemaDefinition"}}]}}]}}]} as unknown as DocumentNode<SaveSchemaMutation, SaveSchemaMutationVariables>;
export const AddAttributeDocument = {"__meta__":{"hash":"sha256:8adc7e303f8b10f77ba0d90783341f64de9bc63db7f738d5bc240b228b9e375a"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AddAttribute"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"resource"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"type"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AttributeType"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addAttribute"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"resource"},"value":{"kind":"Variable","name":{"kind":"Name","value":"resource"}}},{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}},{"kind":"Argument","name":{"kind":"Name","value":"type"},"value":{"kind":"Variable","name":{"kind":"Name","value":"type"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"solution"}},{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<AddAttributeMutation, AddAttributeMutationVariables>;
export const DataQualityDocument = {"__meta__":{"hash":"sha256:ab67a82cfcf87eed71f3ded908682b7b83b60afd4accd0e729baee147cb9929e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DataQuality"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"solution"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rows"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataQuality"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"solution"},"value":{"kind":"Variable","name":{"kind":"Name","value":"solution"}}},{"kind":"Argument","name":{"kind":"Name","value":"bucket"},"value":{"kind":"EnumValue","value":"HOUR"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"mutations"}},{"kind":"Field","name":{"kind":"Name","value":"accepted"}},{"kind":"Field","name":{"kind":"Name","value":"rejected"}},{"kind":"Field","name":{"kind":"Name","value":"unconfirmed"}},{"kind":"Field","name":{"kind":"Name","value":"passRate"}},{"kind":"Field","name":{"kind":"Name","value":"topIssues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}},{"kind":"Field","name":{"kind":"Name","value":"buckets"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"accepted"}},{"kind":"Field","name":{"kind":"Name","value":"rejected"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"limits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rowsPerMutation"}},{"kind":"Field","name":{"kind":"Name","value":"rowsPerRequest"}},{"kind":"Field","name":{"kind":"Name","value":"requestsPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"requestsInLastSecond"}},{"kind":"Field","name":{"kind":"Name","value":"cost"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rows"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rows"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"requests"}},{"kind":"Field","name":{"kind":"Name","value":"seconds"}}]}}]}}]}}]} as unknown as DocumentNode<DataQualityQuery, DataQualityQueryVariables>;
export const AppendSaleExtraDocument = {"__meta__":{"hash":"sha256:393d58a15f47822b03f977acaf9264c6b54ab5c0e3a4aebbf80267b4e634676e"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AppendSaleExtra"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rows"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SaleExtraRowInput"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"key"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"appendSaleExtra"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rows"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rows"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"key"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unconfirmedCount"}},{"kind":"Field","name":{"kind":"Name","value":"replayedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"IngestedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RejectedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnconfirmedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"safeToResend"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AppendSaleExtraMutation, AppendSaleExtraMutationVariables>;
export const UpsertPricingDocument = {"__meta__":{"hash":"sha256:0dcbcff85444836afdced14d36c21e0857dc3f2f871c95b55d643dcaff32f79c"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpsertPricing"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rows"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PricingRowInput"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upsertPricing"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rows"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rows"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unconfirmedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"IngestedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RejectedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnconfirmedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"safeToResend"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UpsertPricingMutation, UpsertPricingMutationVariables>;
export const UpsertStockExtraDocument = {"__meta__":{"hash":"sha256:90168edf8d652e7c0e5ad42a6104cc681098174a9793e94a33aac54fffa440fc"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpsertStockExtra"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rows"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"StockExtraRowInput"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upsertStockExtra"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rows"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rows"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unconfirmedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"IngestedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RejectedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnconfirmedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"safeToResend"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UpsertStockExtraMutation, UpsertStockExtraMutationVariables>;
export const DryRunDocument = {"__meta__":{"hash":"sha256:f636ebb1c8efba55bd04e021c56dff413ad1e96960d49e46690db35b6811d7fe"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DryRun"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"rows"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SalesRowInput"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upsertSales"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"rows"},"value":{"kind":"Variable","name":{"kind":"Name","value":"rows"}}},{"kind":"Argument","name":{"kind":"Name","value":"dryRun"},"value":{"kind":"BooleanValue","value":true}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dryRun"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unconfirmedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rows"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"only"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"REJECTED"},{"kind":"EnumValue","value":"UNCONFIRMED"}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"IngestedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"key"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RejectedRow"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"hint"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"issueSummary"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"firstIndexes"}}]}}]}}]}}]} as unknown as DocumentNode<DryRunMutation, DryRunMutationVariables>;
export const RolloutDocument = {"__meta__":{"hash":"sha256:a3e2c0c9002c7ba124260cc1e9f71eea79b4aade4577c891f4b4c8c04d904ea2"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Rollout"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RolloutInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rollout"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"solutionName"}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"missing"}},{"kind":"Field","name":{"kind":"Name","value":"objects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RolledOutObject"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"object"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FailedObject"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<RolloutMutation, RolloutMutationVariables>;
export const ResourcesDocument = {"__meta__":{"hash":"sha256:70ddf09394faf6dc4dd3996d81b3775ac408de6e85c24508c490e031a6f3cbe9"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Resources"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"module"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resources"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"module"},"value":{"kind":"Variable","name":{"kind":"Name","value":"module"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"module"}},{"kind":"Field","name":{"kind":"Name","value":"primaryKey"}},{"kind":"Field","name":{"kind":"Name","value":"upsertMutation"}},{"kind":"Field","name":{"kind":"Name","value":"appendMutation"}},{"kind":"Field","name":{"kind":"Name","value":"rowInput"}},{"kind":"Field","name":{"kind":"Name","value":"columns"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"presence"}},{"kind":"Field","name":{"kind":"Name","value":"isKey"}},{"kind":"Field","name":{"kind":"Name","value":"references"}},{"kind":"Field","name":{"kind":"Name","value":"minimum"}},{"kind":"Field","name":{"kind":"Name","value":"maximum"}},{"kind":"Field","name":{"kind":"Name","value":"maxLength"}},{"kind":"Field","name":{"kind":"Name","value":"allowedValues"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}},{"kind":"Field","name":{"kind":"Name","value":"limits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rowsPerMutation"}},{"kind":"Field","name":{"kind":"Name","value":"rowsPerRequest"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerRequest"}}]}},{"kind":"Field","name":{"kind":"Name","value":"example"}}]}}]}}]} as unknown as DocumentNode<ResourcesQuery, ResourcesQueryVariables>;
export const SolutionsDocument = {"__meta__":{"hash":"sha256:01b8d7b97877dd8fdf865761ab30f8db2ed4a776982ff5f2283d6c006f8e41a8"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Solutions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"solutions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"solutionName"}},{"kind":"Field","name":{"kind":"Name","value":"prefix"}},{"kind":"Field","name":{"kind":"Name","value":"suffix"}},{"kind":"Field","name":{"kind":"Name","value":"targetSchemaName"}},{"kind":"Field","name":{"kind":"Name","value":"tableCount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"solutionSchema"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"solution"},"value":{"kind":"StringValue","value":"INV_OOTB","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"columns"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"dataType"}},{"kind":"Field","name":{"kind":"Name","value":"presence"}},{"kind":"Field","name":{"kind":"Name","value":"isKey"}}]}}]}}]}}]} as unknown as DocumentNode<SolutionsQuery, SolutionsQueryVariables>;
export const SchemaDriftDocument = {"__meta__":{"hash":"sha256:9c3d8c052ccde5b6b913ff6fb93e5ede87eb3d76153ee9266ec873795af425d6"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SchemaDrift"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"solution"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"schemaDrift"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"solution"},"value":{"kind":"Variable","name":{"kind":"Name","value":"solution"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"solution"}},{"kind":"Field","name":{"kind":"Name","value":"inSync"}},{"kind":"Field","name":{"kind":"Name","value":"differences"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"object"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"declared"}},{"kind":"Field","name":{"kind":"Name","value":"found"}},{"kind":"Field","name":{"kind":"Name","value":"meaning"}},{"kind":"Field","name":{"kind":"Name","value":"declaration"}}]}}]}}]}}]} as unknown as DocumentNode<SchemaDriftQuery, SchemaDriftQueryVariables>;