// Written by `npm run schema` from the declarations; not to be edited.

/** A number with all its digits, as `JSON.rawJSON('1234567890.12345678')` makes it. */
export interface RawNumber {
  readonly rawJSON: string
}

/** One row of Customer Orders: Customer demand by order line, from order to shipment. Key: orderId, orderLineId, updatedAt. */
export interface CustomerOrdersRowInput {
  /** Key of the customer order. Part of the primary key. Column order_id of CUSTOMER_ORDERS (inventory). */
  readonly orderId: string
  /** Key of the line inside the order. Part of the primary key. Column order_line_id of CUSTOMER_ORDERS (inventory). */
  readonly orderLineId: string
  /** When the customer ordered. Column order_date of CUSTOMER_ORDERS (inventory). */
  readonly orderDate: string | Date
  /** Ship time the customer asked for. Column requested_ship_date of CUSTOMER_ORDERS (inventory). */
  readonly requestedShipDate: string | Date
  /** Ship time now expected. Column expected_ship_date of CUSTOMER_ORDERS (inventory). */
  readonly expectedShipDate: string | Date
  /** When the line really shipped. May be left out. Column actual_ship_date of CUSTOMER_ORDERS (inventory). */
  readonly actualShipDate?: string | Date | null | undefined
  /** Product ordered. Refers to products.product_id. Column product_id of CUSTOMER_ORDERS (inventory). */
  readonly productId: string
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Type or presence is the best reading of the public description. Column updated_at of CUSTOMER_ORDERS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Forecast: Predicted demand per product and location, with the date the forecast was made and its horizon. Key: productId, locationId, cutoffDate. */
export interface ForecastRowInput {
  /** Product forecast. Part of the primary key. Refers to products.product_id. Type or presence is the best reading of the public description. Column product_id of FORECAST (inventory). */
  readonly productId: string
  /** Site forecast. Part of the primary key. Refers to locations.location_id. Type or presence is the best reading of the public description. Column location_id of FORECAST (inventory). */
  readonly locationId: string
  /** Day the forecast was made. Part of the primary key. Type or presence is the best reading of the public description. Column cutoff_date of FORECAST (inventory). */
  readonly cutoffDate: string
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Location Extra: Extra location attributes kept as name and value pairs. Key: locationId, locationExtraId, updatedAt. */
export interface LocationExtraRowInput {
  /** Site the extra attribute belongs to. Part of the primary key. Refers to locations.location_id. Column location_id of LOCATION_EXTRA (inventory). */
  readonly locationId: string
  /** Key of this extra attribute row. Part of the primary key. Column location_extra_id of LOCATION_EXTRA (inventory). */
  readonly locationExtraId: string
  /** Attribute name, such as region. Column location_extra_attribute of LOCATION_EXTRA (inventory). */
  readonly locationExtraAttribute: string
  /** Attribute value, always as text. May be left out. Column location_extra_value of LOCATION_EXTRA (inventory). */
  readonly locationExtraValue?: string | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of LOCATION_EXTRA (inventory). */
  readonly updatedAt: string | Date
  /** When the row was first created. Column created_at of LOCATION_EXTRA (inventory). */
  readonly createdAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Locations: Nodes of the supply network: stores, distribution centres and factories. Key: locationId, updatedAt. */
export interface LocationsRowInput {
  /** Key of the site. Part of the primary key. Column location_id of LOCATIONS (inventory). */
  readonly locationId: string
  /** Display name of the site. May be left out. Column location_name of LOCATIONS (inventory). */
  readonly locationName?: string | null | undefined
  /** Country the site is in. May be left out. Column country of LOCATIONS (inventory). */
  readonly country?: string | null | undefined
  /** True when the site is a shop. Column is_store of LOCATIONS (inventory). */
  readonly isStore: boolean
  /** True when the site is a distribution centre. Column is_dc of LOCATIONS (inventory). */
  readonly isDc: boolean
  /** True when the site manufactures goods. Column is_factory of LOCATIONS (inventory). */
  readonly isFactory: boolean
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of LOCATIONS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Manufacturing Orders: Work orders for goods made at the company's factories, from plan to output. Key: productId, locationId, orderNumber, updatedAt. */
export interface ManufacturingOrdersRowInput {
  /** Product being made. Part of the primary key. Refers to products.product_id. Column product_id of MANUFACTURING_ORDERS (inventory). */
  readonly productId: string
  /** Factory or production site. Part of the primary key. Refers to locations.location_id. Column location_id of MANUFACTURING_ORDERS (inventory). */
  readonly locationId: string
  /** Number of the manufacturing order. Part of the primary key. Column order_number of MANUFACTURING_ORDERS (inventory). */
  readonly orderNumber: string
  /** Production line or internal source that raises the order. Column source_id of MANUFACTURING_ORDERS (inventory). */
  readonly sourceId: string
  /** When the order was raised. Column ordered_at of MANUFACTURING_ORDERS (inventory). */
  readonly orderedAt: string | Date
  /** Units planned. Column ordered_units of MANUFACTURING_ORDERS (inventory). */
  readonly orderedUnits: number | bigint
  /** Planned start of production. Column expected_start_date of MANUFACTURING_ORDERS (inventory). */
  readonly expectedStartDate: string | Date
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Type or presence is the best reading of the public description. Column updated_at of MANUFACTURING_ORDERS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Order Parameters: Replenishment settings per product, location and source: review cycle, service target, lead time, floor stock. Key: productId, updatedAt. */
export interface OrderParametersRowInput {
  /** Product the settings are for. Part of the primary key. Refers to products.product_id. Column product_id of ORDER_PARAMETERS (inventory). */
  readonly productId: string
  /** Site the settings are for. Refers to locations.location_id. Column location_id of ORDER_PARAMETERS (inventory). */
  readonly locationId: string
  /** Supplier or other source that replenishes the site. Column source_id of ORDER_PARAMETERS (inventory). */
  readonly sourceId: string
  /** Days from one stock review to the next. Column review_period_days of ORDER_PARAMETERS (inventory). */
  readonly reviewPeriodDays: number | bigint
  /** Target service level written as a fraction, 0.95 meaning 95 per cent. Passed on with every digit it is written with. At least 0. At most 1. Column service_level of ORDER_PARAMETERS (inventory). */
  readonly serviceLevel: number | bigint | RawNumber
  /** Days from order to receipt. Column lead_time_days of ORDER_PARAMETERS (inventory). */
  readonly leadTimeDays: number | bigint
  /** Stock quantity never to go below. May be left out. Column minimum_guardrail of ORDER_PARAMETERS (inventory). */
  readonly minimumGuardrail?: number | bigint | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of ORDER_PARAMETERS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Pricing: Unit cost and list price of a product at a location, optionally for a limited period. Key: productId, locationId, createdAt. */
export interface PricingRowInput {
  /** Product priced. Part of the primary key. Refers to products.product_id. Column product_id of PRICING (inventory). */
  readonly productId: string
  /** Site the price holds for. Part of the primary key. Refers to locations.location_id. Column location_id of PRICING (inventory). */
  readonly locationId: string
  /** Cost of one unit at the site. Passed on with every digit it is written with. At least 0. Column unit_cost_price of PRICING (inventory). */
  readonly unitCostPrice: number | bigint | RawNumber
  /** Retail or transfer price of one unit at the site. Passed on with every digit it is written with. At least 0. Column unit_list_price of PRICING (inventory). */
  readonly unitListPrice: number | bigint | RawNumber
  /** Start of the price's validity. May be left out. Column valid_from of PRICING (inventory). */
  readonly validFrom?: string | Date | null | undefined
  /** End of the price's validity. May be left out. Column valid_to of PRICING (inventory). */
  readonly validTo?: string | Date | null | undefined
  /** When the price row was created; part of the key. Part of the primary key. Column created_at of PRICING (inventory). */
  readonly createdAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product Extra: Extra product attributes kept as name and value pairs. Key: productId, productExtraId, updatedAt. */
export interface InventoryProductExtraRowInput {
  /** Product the extra attribute belongs to. Part of the primary key. Refers to products.product_id. Column product_id of PRODUCT_EXTRA (inventory). */
  readonly productId: string
  /** Key of this extra attribute row. Part of the primary key. Column product_extra_id of PRODUCT_EXTRA (inventory). */
  readonly productExtraId: string
  /** Attribute name, such as colour. Column product_extra_attribute of PRODUCT_EXTRA (inventory). */
  readonly productExtraAttribute: string
  /** Attribute value, always as text. May be left out. Column product_extra_value of PRODUCT_EXTRA (inventory). */
  readonly productExtraValue?: string | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of PRODUCT_EXTRA (inventory). */
  readonly updatedAt: string | Date
  /** When the row was first created. Column created_at of PRODUCT_EXTRA (inventory). */
  readonly createdAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Production Lines: Factory lines set up to make a product, with capacity and batch size. Key: productId, locationId, productionLineId, createdAt. */
export interface ProductionLinesRowInput {
  /** Product the line makes. Part of the primary key. Refers to products.product_id. Column product_id of PRODUCTION_LINES (inventory). */
  readonly productId: string
  /** Factory where the line stands. Part of the primary key. Refers to locations.location_id. Column location_id of PRODUCTION_LINES (inventory). */
  readonly locationId: string
  /** Key of the line. Part of the primary key. Column production_line_id of PRODUCTION_LINES (inventory). */
  readonly productionLineId: string
  /** When the row was created; part of the key. Part of the primary key. Column created_at of PRODUCTION_LINES (inventory). */
  readonly createdAt: string | Date
  /** Most units the line can make per unit of time. May be left out. Column line_capacity of PRODUCTION_LINES (inventory). */
  readonly lineCapacity?: number | bigint | null | undefined
  /** Size of one batch; the page's own explanation was cut off. May be left out. Column product_batch_size of PRODUCTION_LINES (inventory). */
  readonly productBatchSize?: number | bigint | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Products Parent Child Mapping: Links a child product to its parent, with a label and a rank. Key: childId, updatedAt. */
export interface ProductsParentChildMappingRowInput {
  /** Parent product. Refers to products.product_id. Column parent_id of PRODUCTS_PARENT_CHILD_MAPPING (inventory). */
  readonly parentId: string
  /** Child product. Part of the primary key. Refers to products.product_id. Column child_id of PRODUCTS_PARENT_CHILD_MAPPING (inventory). */
  readonly childId: string
  /** What kind of child it is, such as a variant or a component. Column child_label of PRODUCTS_PARENT_CHILD_MAPPING (inventory). */
  readonly childLabel: string
  /** Order of the children under one parent. Column child_rank of PRODUCTS_PARENT_CHILD_MAPPING (inventory). */
  readonly childRank: number | bigint
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of PRODUCTS_PARENT_CHILD_MAPPING (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Products: Item master: identity, category, packaging and main source of every managed SKU. Key: productId, updatedAt. */
export interface ProductsRowInput {
  /** Key of the item; nearly every other table points to it. Part of the primary key. Column product_id of PRODUCTS (inventory). */
  readonly productId: string
  /** Display name. May be left out. Column product_name of PRODUCTS (inventory). */
  readonly productName?: string | null | undefined
  /** Longer text about the item. May be left out. Column product_description of PRODUCTS (inventory). */
  readonly productDescription?: string | null | undefined
  /** Category label. May be left out. Column product_category of PRODUCTS (inventory). */
  readonly productCategory?: string | null | undefined
  /** Main supplier or source of the item; expected to equal a supplier_id. Refers to suppliers.supplier_id. Column source_id of PRODUCTS (inventory). */
  readonly sourceId: string
  /** Sellable units in one pack. At least 1. Column pack_size of PRODUCTS (inventory). */
  readonly packSize: number | bigint
  /** Smallest orderable number of units. May be left out. Column minimum_order_quantity of PRODUCTS (inventory). */
  readonly minimumOrderQuantity?: number | bigint | null | undefined
  /** One image URL, or several separated by commas. May be left out. Column product_image_urls of PRODUCTS (inventory). */
  readonly productImageUrls?: string | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of PRODUCTS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Purchase Orders: Order lines placed with external suppliers, from placement to receipt. Key: orderNumber, updatedAt. */
export interface PurchaseOrdersRowInput {
  /** Key of the purchase order line. Part of the primary key. Column order_number of PURCHASE_ORDERS (inventory). */
  readonly orderNumber: string
  /** Product ordered. Refers to products.product_id. Column product_id of PURCHASE_ORDERS (inventory). */
  readonly productId: string
  /** Site the goods go to. Refers to locations.location_id. Column location_id of PURCHASE_ORDERS (inventory). */
  readonly locationId: string
  /** Supplier that fills the order. Refers to suppliers.supplier_id. Column source_id of PURCHASE_ORDERS (inventory). */
  readonly sourceId: string
  /** When the order was placed. Column ordered_at of PURCHASE_ORDERS (inventory). */
  readonly orderedAt: string | Date
  /** When delivery is expected. Column order_due_date of PURCHASE_ORDERS (inventory). */
  readonly orderDueDate: string | Date
  /** Units ordered. Column ordered_units of PURCHASE_ORDERS (inventory). */
  readonly orderedUnits: number | bigint
  /** When the goods arrived. May be left out. Column receipted_at of PURCHASE_ORDERS (inventory). */
  readonly receiptedAt?: string | Date | null | undefined
  /** Units that really arrived. May be left out. Column receipted_units of PURCHASE_ORDERS (inventory). */
  readonly receiptedUnits?: number | bigint | null | undefined
  /** Money value of the line. Passed on with every digit it is written with. Column order_line_value of PURCHASE_ORDERS (inventory). */
  readonly orderLineValue: number | bigint | RawNumber
  /** State of the order line. May be left out. Type or presence is the best reading of the public description. Column order_line_status of PURCHASE_ORDERS (inventory). */
  readonly orderLineStatus?: string | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Type or presence is the best reading of the public description. Column updated_at of PURCHASE_ORDERS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Sales (daily): Newer form of Sales: units and value sold per product, location and day. Key: productId, locationId, dayDate. */
export interface SalesDailyRowInput {
  /** Product sold. Part of the primary key. Refers to products.product_id. Column product_id of SALES_DAILY (inventory). */
  readonly productId: string
  /** Site of the sale. Part of the primary key. Refers to locations.location_id. Type or presence is the best reading of the public description. Column location_id of SALES_DAILY (inventory). */
  readonly locationId: string
  /** Day of the sales. Part of the primary key. Type or presence is the best reading of the public description. Column day_date of SALES_DAILY (inventory). */
  readonly dayDate: string
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Sales: Units and value sold per product, location and day. Key: productId, locationId, dayDate. */
export interface SalesRowInput {
  /** Product sold. Part of the primary key. Refers to products.product_id. Column product_id of SALES (inventory). */
  readonly productId: string
  /** Site of the sale. Part of the primary key. Refers to locations.location_id. Column location_id of SALES (inventory). */
  readonly locationId: string
  /** Day of the sales. Part of the primary key. Column day_date of SALES (inventory). */
  readonly dayDate: string
  /** Units sold that day. Column sales_units of SALES (inventory). */
  readonly salesUnits: number | bigint
  /** Money value of those units. Passed on with every digit it is written with. Column sales_value of SALES (inventory). */
  readonly salesValue: number | bigint | RawNumber
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of SKU Calendar: Active period of a product at a location, used to include or leave out SKUs when planning. Key: productId, locationId, updatedAt. */
export interface SkuCalendarRowInput {
  /** Product. Part of the primary key. Refers to products.product_id. Column product_id of SKU_CALENDAR (inventory). */
  readonly productId: string
  /** Site. Part of the primary key. Refers to locations.location_id. Column location_id of SKU_CALENDAR (inventory). */
  readonly locationId: string
  /** First day the SKU is live at the site. May be left out. Column start_date of SKU_CALENDAR (inventory). */
  readonly startDate?: string | null | undefined
  /** Day the SKU stops being live at the site. May be left out. Column end_date of SKU_CALENDAR (inventory). */
  readonly endDate?: string | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of SKU_CALENDAR (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Stock (daily): Newer form of Stock: opening and closing quantity of a product at a location per day. Key: productId, locationId, dayDate. */
export interface StockDailyRowInput {
  /** Product counted. Part of the primary key. Refers to products.product_id. Column product_id of STOCK_DAILY (inventory). */
  readonly productId: string
  /** Site where it was counted. Part of the primary key. Refers to locations.location_id. Column location_id of STOCK_DAILY (inventory). */
  readonly locationId: string
  /** Day the quantities belong to. Part of the primary key. Type or presence is the best reading of the public description. Column day_date of STOCK_DAILY (inventory). */
  readonly dayDate: string
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Stock: On-hand quantity of a product at a location on one day. Key: productId, locationId, dayDate. */
export interface InventoryStockRowInput {
  /** Product counted. Part of the primary key. Refers to products.product_id. Column product_id of STOCK (inventory). */
  readonly productId: string
  /** Site where it was counted. Part of the primary key. Refers to locations.location_id. Column location_id of STOCK (inventory). */
  readonly locationId: string
  /** Day of the snapshot. Part of the primary key. Column day_date of STOCK (inventory). */
  readonly dayDate: string
  /** Units on hand that day. Column available_stock of STOCK (inventory). */
  readonly availableStock: number | bigint
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Suppliers: External vendors and sources, with the smallest order they accept. Key: supplierId, updatedAt. */
export interface SuppliersRowInput {
  /** Key of the supplier; other tables carry it as source_id. Part of the primary key. Column supplier_id of SUPPLIERS (inventory). */
  readonly supplierId: string
  /** Display name of the supplier. Column supplier_name of SUPPLIERS (inventory). */
  readonly supplierName: string
  /** Smallest number of units the supplier accepts per order. May be left out. Column minimum_order_quantity of SUPPLIERS (inventory). */
  readonly minimumOrderQuantity?: number | bigint | null | undefined
  /** Unit of the minimum quantity, such as units or cases. May be left out. Column moq_unit_of_measure of SUPPLIERS (inventory). */
  readonly moqUnitOfMeasure?: string | null | undefined
  /** Smallest order value the supplier accepts. May be left out. Column minimum_order_value of SUPPLIERS (inventory). */
  readonly minimumOrderValue?: number | bigint | null | undefined
  /** Currency or unit of the minimum value, such as GBP. May be left out. Column mov_unit_of_measure of SUPPLIERS (inventory). */
  readonly movUnitOfMeasure?: string | null | undefined
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Column updated_at of SUPPLIERS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Transfers: Stock moved between the company's own sites, planned and actual. Key: productId, locationId, orderNumber, updatedAt. */
export interface TransfersRowInput {
  /** Product moved. Part of the primary key. Refers to products.product_id. Column product_id of TRANSFERS (inventory). */
  readonly productId: string
  /** Site that receives the goods. Part of the primary key. Refers to locations.location_id. Column location_id of TRANSFERS (inventory). */
  readonly locationId: string
  /** Number of the transfer order. Part of the primary key. Column order_number of TRANSFERS (inventory). */
  readonly orderNumber: string
  /** Site or supplier that sends the goods. Column source_id of TRANSFERS (inventory). */
  readonly sourceId: string
  /** When the transfer was raised. Column ordered_at of TRANSFERS (inventory). */
  readonly orderedAt: string | Date
  /** Units asked for. Column ordered_units of TRANSFERS (inventory). */
  readonly orderedUnits: number | bigint
  /** When the goods should leave. Column expected_departure_date of TRANSFERS (inventory). */
  readonly expectedDepartureDate: string | Date
  /** When this row was last changed in the source; part of the key in this edition. Part of the primary key. Type or presence is the best reading of the public description. Column updated_at of TRANSFERS (inventory). */
  readonly updatedAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Currency conversion: Exchange rates between pairs of currencies over time. Key: fromCurrency, toCurrency, createdAt. */
export interface CurrencyConversionRowInput {
  /** Currency converted from. Part of the primary key. Column from_currency of CURRENCY_CONVERSION (markdown). */
  readonly fromCurrency: string
  /** Currency converted to. Part of the primary key. Column to_currency of CURRENCY_CONVERSION (markdown). */
  readonly toCurrency: string
  /** Units of the target currency given for one unit of the source currency. Passed on with every digit it is written with. Column exchange_rate of CURRENCY_CONVERSION (markdown). */
  readonly exchangeRate: number | bigint | RawNumber
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of CURRENCY_CONVERSION (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** When the rate was recorded; part of the key. Part of the primary key. Column created_at of CURRENCY_CONVERSION (markdown). */
  readonly createdAt: string | Date
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Location: Shops, warehouses and other places where products are held or sold. Key: locationId. */
export interface LocationRowInput {
  /** Key of the location. Part of the primary key. Column location_id of LOCATION (markdown). */
  readonly locationId: string
  /** Country the location is in. Column country of LOCATION (markdown). */
  readonly country: string
  /** ISO currency code used at the location. May be null; sent as null when left out. Column currency of LOCATION (markdown). */
  readonly currency?: string | null | undefined
  /** Display name of the location. May be null; sent as null when left out. Column name of LOCATION (markdown). */
  readonly name?: string | null | undefined
  /** Region the location belongs to. May be null; sent as null when left out. Column region of LOCATION (markdown). */
  readonly region?: string | null | undefined
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of LOCATION (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of LOCATION (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product category: Tree of product categories, each node naming its parent. Key: productCategoryId. */
export interface ProductCategoryRowInput {
  /** Key of the category node. Part of the primary key. Column product_category_id of PRODUCT_CATEGORY (markdown). */
  readonly productCategoryId: string
  /** Display name of the category. May be null; sent as null when left out. Column name of PRODUCT_CATEGORY (markdown). */
  readonly name?: string | null | undefined
  /** Free extra data about the category, held as JSON text. May be null; sent as null when left out. A JSON document written as text. Column metadata of PRODUCT_CATEGORY (markdown). */
  readonly metadata?: string | null | undefined
  /** Category one level up; empty at the top of the tree. May be null; sent as null when left out. Refers to product_category.product_category_id. Type or presence is the best reading of the public description. Column parent_product_category_id of PRODUCT_CATEGORY (markdown). */
  readonly parentProductCategoryId?: string | null | undefined
  /** When this row was first created in the source. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column created_at of PRODUCT_CATEGORY (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column updated_at of PRODUCT_CATEGORY (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product extra: Additional product attributes kept as one attribute and value pair per row. Key: productExtraAttribute, productExtraValue, productId. */
export interface MarkdownProductExtraRowInput {
  /** Name of the extra attribute. Part of the primary key. Column product_extra_attribute of PRODUCT_EXTRA (markdown). */
  readonly productExtraAttribute: string
  /** Value of the extra attribute. Part of the primary key. Column product_extra_value of PRODUCT_EXTRA (markdown). */
  readonly productExtraValue: string
  /** Product the attribute describes. Part of the primary key. Refers to product.product_id. Column product_id of PRODUCT_EXTRA (markdown). */
  readonly productId: string
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of PRODUCT_EXTRA (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of PRODUCT_EXTRA (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product pricing daily: Daily snapshot of selling price, list price and cost per product and location. Key: locationId, pricingAt, productId. */
export interface ProductPricingDailyRowInput {
  /** Location the prices apply to. Part of the primary key. Refers to location.location_id. Type or presence is the best reading of the public description. Column location_id of PRODUCT_PRICING_DAILY (markdown). */
  readonly locationId: string
  /** Moment the price snapshot stands for. Part of the primary key. Type or presence is the best reading of the public description. Column pricing_at of PRODUCT_PRICING_DAILY (markdown). */
  readonly pricingAt: string | Date
  /** Product being priced. Part of the primary key. Refers to product.product_id. Type or presence is the best reading of the public description. Column product_id of PRODUCT_PRICING_DAILY (markdown). */
  readonly productId: string
  /** Price actually charged. May be null; sent as null when left out. Passed on with every digit it is written with. Type or presence is the best reading of the public description. Column selling_price of PRODUCT_PRICING_DAILY (markdown). */
  readonly sellingPrice?: number | bigint | RawNumber | null | undefined
  /** Cost of one unit. May be null; sent as null when left out. Passed on with every digit it is written with. Type or presence is the best reading of the public description. Column unit_cost_price of PRODUCT_PRICING_DAILY (markdown). */
  readonly unitCostPrice?: number | bigint | RawNumber | null | undefined
  /** List price of one unit. May be null; sent as null when left out. Passed on with every digit it is written with. Type or presence is the best reading of the public description. Column unit_list_price of PRODUCT_PRICING_DAILY (markdown). */
  readonly unitListPrice?: number | bigint | RawNumber | null | undefined
  /** Stage or status of the price in its life cycle. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column quote_stage of PRODUCT_PRICING_DAILY (markdown). */
  readonly quoteStage?: string | null | undefined
  /** When this row was first created in the source. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column created_at of PRODUCT_PRICING_DAILY (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column updated_at of PRODUCT_PRICING_DAILY (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product: Catalogue of products that can be priced or marked down. Key: productId. */
export interface MarkdownProductRowInput {
  /** Key of the product. Part of the primary key. Column product_id of PRODUCT (markdown). */
  readonly productId: string
  /** Display name of the product. Column name of PRODUCT (markdown). */
  readonly name: string
  /** Longer text about the product. May be null; sent as null when left out. Column description of PRODUCT (markdown). */
  readonly description?: string | null | undefined
  /** Deepest category node the product hangs under. Refers to product_category.product_category_id. Column lowest_product_category_id of PRODUCT (markdown). */
  readonly lowestProductCategoryId: string
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of PRODUCT (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of PRODUCT (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Purchase order: Lines of stock orders placed with suppliers, with planned and actual dates. Key: orderNumber, productId. */
export interface PurchaseOrderRowInput {
  /** Number of the order. Part of the primary key. Column order_number of PURCHASE_ORDER (markdown). */
  readonly orderNumber: string
  /** Product on the order line. Part of the primary key. Refers to product.product_id. Column product_id of PURCHASE_ORDER (markdown). */
  readonly productId: string
  /** Location that receives the goods. Refers to location.location_id. Column location_id of PURCHASE_ORDER (markdown). */
  readonly locationId: string
  /** When the order is due. Column order_due_date_at of PURCHASE_ORDER (markdown). */
  readonly orderDueDateAt: string | Date
  /** When the order was placed. Column ordered_at of PURCHASE_ORDER (markdown). */
  readonly orderedAt: string | Date
  /** Units ordered. Column ordered_units of PURCHASE_ORDER (markdown). */
  readonly orderedUnits: number | bigint
  /** Other identifier of the purchase order. May be null; sent as null when left out. Column purchase_order_id of PURCHASE_ORDER (markdown). */
  readonly purchaseOrderId?: string | null | undefined
  /** State of the order. May be null; sent as null when left out. Column status of PURCHASE_ORDER (markdown). */
  readonly status?: string | null | undefined
  /** Units delivered so far. May be null; sent as null when left out. Column delivered_units of PURCHASE_ORDER (markdown). */
  readonly deliveredUnits?: number | bigint | null | undefined
  /** Units booked in so far. May be null; sent as null when left out. Column receipted_units of PURCHASE_ORDER (markdown). */
  readonly receiptedUnits?: number | bigint | null | undefined
  /** Day the goods were booked in. May be null; sent as null when left out. Column receipt_date of PURCHASE_ORDER (markdown). */
  readonly receiptDate?: string | null | undefined
  /** When the shipment left. May be null; sent as null when left out. Column actual_departure_at of PURCHASE_ORDER (markdown). */
  readonly actualDepartureAt?: string | Date | null | undefined
  /** When the shipment is planned to leave. May be null; sent as null when left out. Column expected_departure_at of PURCHASE_ORDER (markdown). */
  readonly expectedDepartureAt?: string | Date | null | undefined
  /** When this row was first created in the source. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column created_at of PURCHASE_ORDER (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column updated_at of PURCHASE_ORDER (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Sale extra: Sales per product variant, for shops that track size, colour or pack. Key: productId, locationId, productVariant, soldAt. */
export interface SaleExtraRowInput {
  /** Product that was sold. Part of the primary key. Refers to product.product_id. Column product_id of SALE_EXTRA (markdown). */
  readonly productId: string
  /** Location where the sale took place. Part of the primary key. Refers to location.location_id. Column location_id of SALE_EXTRA (markdown). */
  readonly locationId: string
  /** Variant sold, such as size:L. Part of the primary key. Column product_variant of SALE_EXTRA (markdown). */
  readonly productVariant: string
  /** When the sale took place. Part of the primary key. Column sold_at of SALE_EXTRA (markdown). */
  readonly soldAt: string | Date
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of SALE_EXTRA (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** Other identifier of the sale. May be null; sent as null when left out. Column sale_id of SALE_EXTRA (markdown). */
  readonly saleId?: string | null | undefined
  /** Customer who bought. May be null; sent as null when left out. Column customer_id of SALE_EXTRA (markdown). */
  readonly customerId?: string | null | undefined
  /** Units of the variant sold after returns. Column sales_units of SALE_EXTRA (markdown). */
  readonly salesUnits: number | bigint
  /** Value of the variant sold after returns. Passed on with every digit it is written with. Column sales_value of SALE_EXTRA (markdown). */
  readonly salesValue: number | bigint | RawNumber
  /** Units sent back. Column return_units of SALE_EXTRA (markdown). */
  readonly returnUnits: number | bigint
  /** Value of the units sent back. Passed on with every digit it is written with. Column return_value of SALE_EXTRA (markdown). */
  readonly returnValue: number | bigint | RawNumber
  /** Units of the variant asked for, whether or not supplied. May be null; sent as null when left out. Passed on with every digit it is written with. Column demand_units of SALE_EXTRA (markdown). */
  readonly demandUnits?: number | bigint | RawNumber | null | undefined
  /** Value of the units asked for. May be null; sent as null when left out. Passed on with every digit it is written with. Column demand_value of SALE_EXTRA (markdown). */
  readonly demandValue?: number | bigint | RawNumber | null | undefined
  /** When goods came back. May be null; sent as null when left out. Column returned_at of SALE_EXTRA (markdown). */
  readonly returnedAt?: string | Date | null | undefined
  /** When goods were sent. May be null; sent as null when left out. Column shipped_at of SALE_EXTRA (markdown). */
  readonly shippedAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of SALE_EXTRA (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Sale: Sales per product, location and moment, net of returns. Key: locationId, productId, soldAt. */
export interface MarkdownSaleRowInput {
  /** Location where the sale took place. Part of the primary key. Refers to location.location_id. Column location_id of SALE (markdown). */
  readonly locationId: string
  /** Product that was sold. Part of the primary key. Refers to product.product_id. Column product_id of SALE (markdown). */
  readonly productId: string
  /** When the sale took place. Part of the primary key. Column sold_at of SALE (markdown). */
  readonly soldAt: string | Date
  /** Customer who bought. May be null; sent as null when left out. Column customer_id of SALE (markdown). */
  readonly customerId?: string | null | undefined
  /** Other identifier of the sale. May be null; sent as null when left out. Column sale_id of SALE (markdown). */
  readonly saleId?: string | null | undefined
  /** Units asked for, whether or not supplied. May be null; sent as null when left out. Passed on with every digit it is written with. Column demand_units of SALE (markdown). */
  readonly demandUnits?: number | bigint | RawNumber | null | undefined
  /** Value of the units asked for. May be null; sent as null when left out. Passed on with every digit it is written with. Column demand_value of SALE (markdown). */
  readonly demandValue?: number | bigint | RawNumber | null | undefined
  /** Units sent back. Column return_units of SALE (markdown). */
  readonly returnUnits: number | bigint
  /** Value of the units sent back. Passed on with every digit it is written with. Column return_value of SALE (markdown). */
  readonly returnValue: number | bigint | RawNumber
  /** Units sold after returns. Column sales_units of SALE (markdown). */
  readonly salesUnits: number | bigint
  /** Value sold after returns. Passed on with every digit it is written with. Column sales_value of SALE (markdown). */
  readonly salesValue: number | bigint | RawNumber
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of SALE (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of SALE (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** When goods came back. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column returned_at of SALE (markdown). */
  readonly returnedAt?: string | Date | null | undefined
  /** When goods were sent. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column shipped_at of SALE (markdown). */
  readonly shippedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Stock extra: Units on hand per product variant, location and day. Key: productId, locationId, productVariant, stockDateAt. */
export interface StockExtraRowInput {
  /** Product in stock. Part of the primary key. Refers to product.product_id. Column product_id of STOCK_EXTRA (markdown). */
  readonly productId: string
  /** Location holding the stock. Part of the primary key. Refers to location.location_id. Column location_id of STOCK_EXTRA (markdown). */
  readonly locationId: string
  /** Variant counted, such as colour:red. Part of the primary key. Column product_variant of STOCK_EXTRA (markdown). */
  readonly productVariant: string
  /** Day of the stock count. Part of the primary key. Column stock_date_at of STOCK_EXTRA (markdown). */
  readonly stockDateAt: string
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of STOCK_EXTRA (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** Other identifier of the stock record. May be null; sent as null when left out. Column stock_id of STOCK_EXTRA (markdown). */
  readonly stockId?: string | null | undefined
  /** Units of the variant on hand. Column stock_units of STOCK_EXTRA (markdown). */
  readonly stockUnits: number | bigint
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of STOCK_EXTRA (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Stock: Units on hand per product, location and day. Key: locationId, productId, stockDateAt. */
export interface MarkdownStockRowInput {
  /** Location holding the stock. Part of the primary key. Refers to location.location_id. Column location_id of STOCK (markdown). */
  readonly locationId: string
  /** Product in stock. Part of the primary key. Refers to product.product_id. Column product_id of STOCK (markdown). */
  readonly productId: string
  /** Day of the stock count. Part of the primary key. Column stock_date_at of STOCK (markdown). */
  readonly stockDateAt: string
  /** Units on hand. Column stock_units of STOCK (markdown). */
  readonly stockUnits: number | bigint
  /** Other identifier of the stock record. May be null; sent as null when left out. Column stock_id of STOCK (markdown). */
  readonly stockId?: string | null | undefined
  /** When this row was first created in the source. May be null; sent as null when left out. Column created_at of STOCK (markdown). */
  readonly createdAt?: string | Date | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of STOCK (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Tax: Sales tax rate per product and location. Key: productId, locationId, createdAt. */
export interface TaxRowInput {
  /** Product the rate applies to. Part of the primary key. Refers to product.product_id. Column product_id of TAX (markdown). */
  readonly productId: string
  /** Location the rate applies to. Part of the primary key. Refers to location.location_id. Column location_id of TAX (markdown). */
  readonly locationId: string
  /** When the rate record was created; part of the key. Part of the primary key. Column created_at of TAX (markdown). */
  readonly createdAt: string | Date
  /** Rate as a decimal fraction, 0.20 for twenty per cent. May be null; sent as null when left out. Passed on with every digit it is written with. Column vat of TAX (markdown). */
  readonly vat?: number | bigint | RawNumber | null | undefined
  /** When this row last changed in the source. May be null; sent as null when left out. Column updated_at of TAX (markdown). */
  readonly updatedAt?: string | Date | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Competitor price: Prices rivals ask for a product in a region. Key: productId, regionId, updatedAt. */
export interface CompetitorPriceRowInput {
  /** Product compared. Part of the primary key. Refers to product.product_id. Column product_id of COMPETITOR_PRICE (quote). */
  readonly productId: string
  /** Region the price was seen in. Part of the primary key. Refers to region.region_id. Column region_id of COMPETITOR_PRICE (quote). */
  readonly regionId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Column updated_at of COMPETITOR_PRICE (quote). */
  readonly updatedAt: string | Date
  /** Price asked by the competitor. May be null; sent as null when left out. Passed on with every digit it is written with. Column competitor_price of COMPETITOR_PRICE (quote). */
  readonly competitorPrice?: number | bigint | RawNumber | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Customer: Business customers who receive quotes and buy. Key: customerId, updatedAt. */
export interface CustomerRowInput {
  /** Key of the customer. Part of the primary key. Column customer_id of CUSTOMER (quote). */
  readonly customerId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Column updated_at of CUSTOMER (quote). */
  readonly updatedAt: string | Date
  /** Name of the customer. Column customer_name of CUSTOMER (quote). */
  readonly customerName: string
  /** Main grouping of the customer. May be null; sent as null when left out. Column customer_category of CUSTOMER (quote). */
  readonly customerCategory?: string | null | undefined
  /** Finer grouping of the customer. May be null; sent as null when left out. Column customer_subcategory of CUSTOMER (quote). */
  readonly customerSubcategory?: string | null | undefined
  /** Price list the customer buys from. May be null; sent as null when left out. Column customer_price_list_id of CUSTOMER (quote). */
  readonly customerPriceListId?: string | null | undefined
  /** Which side supplied the record. May be null; sent as null when left out. One of: peak, customer. Type or presence is the best reading of the public description. Column source of CUSTOMER (quote). */
  readonly source?: string | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of List price: Standard price of a product per region and price list, before discount. Key: productId, regionId, priceListId, updatedAt. */
export interface ListPriceRowInput {
  /** Product priced. Part of the primary key. Refers to product.product_id. Column product_id of LIST_PRICE (quote). */
  readonly productId: string
  /** Region the price holds in. Part of the primary key. Refers to region.region_id. Type or presence is the best reading of the public description. Column region_id of LIST_PRICE (quote). */
  readonly regionId: string
  /** Price list the price belongs to. Part of the primary key. Type or presence is the best reading of the public description. Column price_list_id of LIST_PRICE (quote). */
  readonly priceListId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Type or presence is the best reading of the public description. Column updated_at of LIST_PRICE (quote). */
  readonly updatedAt: string | Date
  /** Standard price of one unit. May be null; sent as null when left out. Passed on with every digit it is written with. Type or presence is the best reading of the public description. Column list_price of LIST_PRICE (quote). */
  readonly listPrice?: number | bigint | RawNumber | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Merchant: Sales people or selling parties who issue the quotes. Key: merchantId, updatedAt. */
export interface MerchantRowInput {
  /** Key of the merchant. Part of the primary key. Column merchant_id of MERCHANT (quote). */
  readonly merchantId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Column updated_at of MERCHANT (quote). */
  readonly updatedAt: string | Date
  /** Name of the merchant. Column merchant_name of MERCHANT (quote). */
  readonly merchantName: string
  /** Main grouping of the merchant. May be null; sent as null when left out. Column merchant_category of MERCHANT (quote). */
  readonly merchantCategory?: string | null | undefined
  /** Finer grouping of the merchant. May be null; sent as null when left out. Column merchant_subcategory of MERCHANT (quote). */
  readonly merchantSubcategory?: string | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product cost: Cost of a product per region. Key: productId, regionId, updatedAt. */
export interface ProductCostRowInput {
  /** Product costed. Part of the primary key. Refers to product.product_id. Type or presence is the best reading of the public description. Column product_id of PRODUCT_COST (quote). */
  readonly productId: string
  /** Region the cost holds in. Part of the primary key. Refers to region.region_id. Type or presence is the best reading of the public description. Column region_id of PRODUCT_COST (quote). */
  readonly regionId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Type or presence is the best reading of the public description. Column updated_at of PRODUCT_COST (quote). */
  readonly updatedAt: string | Date
  /** Cost of one unit. May be null; sent as null when left out. Passed on with every digit it is written with. Type or presence is the best reading of the public description. Column product_cost of PRODUCT_COST (quote). */
  readonly productCost?: number | bigint | RawNumber | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Product: Products that can be quoted, standard or made to order. Key: productId, updatedAt. */
export interface QuoteProductRowInput {
  /** Key of the product. Part of the primary key. Column product_id of PRODUCT (quote). */
  readonly productId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Column updated_at of PRODUCT (quote). */
  readonly updatedAt: string | Date
  /** Name of the product. Column product_name of PRODUCT (quote). */
  readonly productName: string
  /** True when made to order for one customer. May be null; sent as null when left out. Column bespoke_product of PRODUCT (quote). */
  readonly bespokeProduct?: boolean | null | undefined
  /** Main grouping of the product. May be null; sent as null when left out. Column product_category of PRODUCT (quote). */
  readonly productCategory?: string | null | undefined
  /** Finer grouping of the product. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column product_subcategory of PRODUCT (quote). */
  readonly productSubcategory?: string | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Project: Jobs or projects that quotes are raised for. Key: projectId, updatedAt. */
export interface ProjectRowInput {
  /** Key of the project. Part of the primary key. Column project_id of PROJECT (quote). */
  readonly projectId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Column updated_at of PROJECT (quote). */
  readonly updatedAt: string | Date
  /** Name of the project. Column project_name of PROJECT (quote). */
  readonly projectName: string
  /** Main grouping of the project. May be null; sent as null when left out. Column project_category of PROJECT (quote). */
  readonly projectCategory?: string | null | undefined
  /** Finer grouping of the project. May be null; sent as null when left out. Column project_subcategory of PROJECT (quote). */
  readonly projectSubcategory?: string | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Quote line: One product on a customer quote, with its state and dates. Key: quoteId, productId, regionId. */
export interface QuoteLineRowInput {
  /** Identifier of the quote. Part of the primary key. Column quote_id of QUOTE_LINE (quote). */
  readonly quoteId: string
  /** Product quoted. Part of the primary key. Refers to product.product_id. Column product_id of QUOTE_LINE (quote). */
  readonly productId: string
  /** Earlier quote that this one renegotiates; empty for a first quote. May be null; sent as null when left out. Column original_quote_id of QUOTE_LINE (quote). */
  readonly originalQuoteId?: string | null | undefined
  /** Outcome so far. May be null; sent as null when left out. One of: won, lost, pending, archived. Column quote_status of QUOTE_LINE (quote). */
  readonly quoteStatus?: string | null | undefined
  /** Price list used for the quote. May be null; sent as null when left out. Column price_list_id of QUOTE_LINE (quote). */
  readonly priceListId?: string | null | undefined
  /** When the quote was given. May be null; sent as null when left out. Column quoted_at of QUOTE_LINE (quote). */
  readonly quotedAt?: string | Date | null | undefined
  /** When the quote was won, lost, cancelled or replaced; empty while open. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column decided_at of QUOTE_LINE (quote). */
  readonly decidedAt?: string | Date | null | undefined
  /** Customer quoted. May be null; sent as null when left out. Refers to customer.customer_id. Type or presence is the best reading of the public description. Column customer_id of QUOTE_LINE (quote). */
  readonly customerId?: string | null | undefined
  /** Merchant who issued the quote. May be null; sent as null when left out. Refers to merchant.merchant_id. Type or presence is the best reading of the public description. Column merchant_id of QUOTE_LINE (quote). */
  readonly merchantId?: string | null | undefined
  /** Project the quote belongs to. May be null; sent as null when left out. Refers to project.project_id. Type or presence is the best reading of the public description. Column project_id of QUOTE_LINE (quote). */
  readonly projectId?: string | null | undefined
  /** Region the quote applies to. Part of the primary key. Refers to region.region_id. Type or presence is the best reading of the public description. Column region_id of QUOTE_LINE (quote). */
  readonly regionId: string
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Region: Price regions used by costs, list prices and quotes. Key: regionId, updatedAt. */
export interface RegionRowInput {
  /** Key of the region. Part of the primary key. Column region_id of REGION (quote). */
  readonly regionId: string
  /** When this row last changed; part of the key, so each change is kept. Part of the primary key. Column updated_at of REGION (quote). */
  readonly updatedAt: string | Date
  /** Name of the region. Column region_name of REGION (quote). */
  readonly regionName: string
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** One row of Sale: Products actually sold, with or without a quote behind them. Key: saleId, productId, regionId, soldAt. */
export interface QuoteSaleRowInput {
  /** Identifier of the sale. Part of the primary key. Column sale_id of SALE (quote). */
  readonly saleId: string
  /** Product sold. Part of the primary key. Refers to product.product_id. Column product_id of SALE (quote). */
  readonly productId: string
  /** Region of the sale. Part of the primary key. Type or presence is the best reading of the public description. Column region_id of SALE (quote). */
  readonly regionId: string
  /** Customer who bought. May be null; sent as null when left out. Refers to customer.customer_id. Column customer_id of SALE (quote). */
  readonly customerId?: string | null | undefined
  /** Merchant who made the sale. May be null; sent as null when left out. Refers to merchant.merchant_id. Column merchant_id of SALE (quote). */
  readonly merchantId?: string | null | undefined
  /** Quote the sale came from, if any. May be null; sent as null when left out. Refers to quote_line.quote_id. Column quote_id of SALE (quote). */
  readonly quoteId?: string | null | undefined
  /** Price list used for the sale. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column price_list_id of SALE (quote). */
  readonly priceListId?: string | null | undefined
  /** When the sale took place. Part of the primary key. Type or presence is the best reading of the public description. Column sold_at of SALE (quote). */
  readonly soldAt: string | Date
  /** Units sold. May be null; sent as null when left out. Type or presence is the best reading of the public description. Column quantity of SALE (quote). */
  readonly quantity?: number | bigint | null | undefined
  /** Price charged. May be null; sent as null when left out. Passed on with every digit it is written with. Type or presence is the best reading of the public description. Column selling_price of SALE (quote). */
  readonly sellingPrice?: number | bigint | RawNumber | null | undefined
  /** Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well. The public description of this resource is known to continue, so columns that are not listed here go in as well. */
  readonly extra?: Readonly<Record<string, unknown>> | null | undefined
}

/** The row of each resource, by its name. */
export interface RowInputs {
  CustomerOrders: CustomerOrdersRowInput
  Forecast: ForecastRowInput
  LocationExtra: LocationExtraRowInput
  Locations: LocationsRowInput
  ManufacturingOrders: ManufacturingOrdersRowInput
  OrderParameters: OrderParametersRowInput
  Pricing: PricingRowInput
  InventoryProductExtra: InventoryProductExtraRowInput
  ProductionLines: ProductionLinesRowInput
  ProductsParentChildMapping: ProductsParentChildMappingRowInput
  Products: ProductsRowInput
  PurchaseOrders: PurchaseOrdersRowInput
  SalesDaily: SalesDailyRowInput
  Sales: SalesRowInput
  SkuCalendar: SkuCalendarRowInput
  StockDaily: StockDailyRowInput
  InventoryStock: InventoryStockRowInput
  Suppliers: SuppliersRowInput
  Transfers: TransfersRowInput
  CurrencyConversion: CurrencyConversionRowInput
  Location: LocationRowInput
  ProductCategory: ProductCategoryRowInput
  MarkdownProductExtra: MarkdownProductExtraRowInput
  ProductPricingDaily: ProductPricingDailyRowInput
  MarkdownProduct: MarkdownProductRowInput
  PurchaseOrder: PurchaseOrderRowInput
  SaleExtra: SaleExtraRowInput
  MarkdownSale: MarkdownSaleRowInput
  StockExtra: StockExtraRowInput
  MarkdownStock: MarkdownStockRowInput
  Tax: TaxRowInput
  CompetitorPrice: CompetitorPriceRowInput
  Customer: CustomerRowInput
  ListPrice: ListPriceRowInput
  Merchant: MerchantRowInput
  ProductCost: ProductCostRowInput
  QuoteProduct: QuoteProductRowInput
  Project: ProjectRowInput
  QuoteLine: QuoteLineRowInput
  Region: RegionRowInput
  QuoteSale: QuoteSaleRowInput
}

/** What may be ingested. */
export type ResourceName = keyof RowInputs
