import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace sluice. */
export namespace sluice {

    /**
     * Properties of a ModelState.
     * @deprecated Use sluice.ModelState.$Properties instead.
     */
    interface IModelState extends sluice.ModelState.$Properties {
    }

    /** Represents a ModelState. */
    class ModelState {

        /**
         * Constructs a new ModelState.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelState.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelState dataType. */
        dataType: string;

        /** ModelState current. */
        current: number;

        /** ModelState latest. */
        latest: number;

        /** ModelState versions. */
        versions: sluice.ModelVersion.$Properties[];

        /** ModelState nextOffset. */
        nextOffset: number;

        /** ModelState withdrawnAt. */
        withdrawnAt: number;

        /** ModelState movedUpTo. */
        movedUpTo: sluice.RecordPlace.$Properties[];

        /** ModelState topicId. */
        topicId: string;

        /** ModelState formerUpTo. */
        formerUpTo: number;

        /** ModelState routing. */
        routing?: (sluice.ModelRouting.$Properties|null);

        /** ModelState waiting. */
        waiting: sluice.WaitingChange.$Properties[];

        /** ModelState aliases. */
        aliases: sluice.ModelAlias.$Properties[];

        /** ModelState events. */
        events: number;

        /** ModelState policies. */
        policies: number;

        /** ModelState refusedUpTo. */
        refusedUpTo?: (sluice.RecordPlace.$Properties|null);

        /** ModelState moved. */
        moved: sluice.MovedRecord.$Properties[];

        /**
         * Encodes the specified ModelState message. Does not implicitly {@link sluice.ModelState.verify|verify} messages.
         * @param message ModelState message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelState message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelState & sluice.ModelState.$Shape} ModelState
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelState & sluice.ModelState.$Shape;

        /**
         * Creates a ModelState message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelState
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelState;

        /**
         * Creates a plain object from a ModelState message. Also converts values to other types if specified.
         * @param message ModelState
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelState, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelState to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelState
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelState {

        /** Properties of a ModelState. */
        interface $Properties {

            /** ModelState dataType */
            dataType?: (string|null);

            /** ModelState current */
            current?: (number|null);

            /** ModelState latest */
            latest?: (number|null);

            /** ModelState versions */
            versions?: (sluice.ModelVersion.$Properties[]|null);

            /** ModelState nextOffset */
            nextOffset?: (number|null);

            /** ModelState withdrawnAt */
            withdrawnAt?: (number|null);

            /** ModelState movedUpTo */
            movedUpTo?: (sluice.RecordPlace.$Properties[]|null);

            /** ModelState topicId */
            topicId?: (string|null);

            /** ModelState formerUpTo */
            formerUpTo?: (number|null);

            /** ModelState routing */
            routing?: (sluice.ModelRouting.$Properties|null);

            /** ModelState waiting */
            waiting?: (sluice.WaitingChange.$Properties[]|null);

            /** ModelState aliases */
            aliases?: (sluice.ModelAlias.$Properties[]|null);

            /** ModelState events */
            events?: (number|null);

            /** ModelState policies */
            policies?: (number|null);

            /** ModelState refusedUpTo */
            refusedUpTo?: (sluice.RecordPlace.$Properties|null);

            /** ModelState moved */
            moved?: (sluice.MovedRecord.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelState. */
        type $Shape = sluice.ModelState.$Properties;
    }

    /**
     * Properties of a ModelAlias.
     * @deprecated Use sluice.ModelAlias.$Properties instead.
     */
    interface IModelAlias extends sluice.ModelAlias.$Properties {
    }

    /** Represents a ModelAlias. */
    class ModelAlias {

        /**
         * Constructs a new ModelAlias.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelAlias.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelAlias alias. */
        alias: string;

        /** ModelAlias version. */
        version: number;

        /**
         * Encodes the specified ModelAlias message. Does not implicitly {@link sluice.ModelAlias.verify|verify} messages.
         * @param message ModelAlias message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelAlias.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelAlias message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelAlias & sluice.ModelAlias.$Shape} ModelAlias
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelAlias & sluice.ModelAlias.$Shape;

        /**
         * Creates a ModelAlias message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelAlias
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelAlias;

        /**
         * Creates a plain object from a ModelAlias message. Also converts values to other types if specified.
         * @param message ModelAlias
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelAlias, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelAlias to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelAlias
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelAlias {

        /** Properties of a ModelAlias. */
        interface $Properties {

            /** ModelAlias alias */
            alias?: (string|null);

            /** ModelAlias version */
            version?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelAlias. */
        type $Shape = sluice.ModelAlias.$Properties;
    }

    /**
     * Properties of a ModelRouting.
     * @deprecated Use sluice.ModelRouting.$Properties instead.
     */
    interface IModelRouting extends sluice.ModelRouting.$Properties {
    }

    /** Represents a ModelRouting. */
    class ModelRouting {

        /**
         * Constructs a new ModelRouting.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelRouting.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelRouting number. */
        number: number;

        /** ModelRouting champion. */
        champion: number;

        /** ModelRouting challengers. */
        challengers: sluice.ModelShare.$Properties[];

        /** ModelRouting shadows. */
        shadows: number[];

        /** ModelRouting fallback. */
        fallback: number;

        /** ModelRouting decoy. */
        decoy: boolean;

        /** ModelRouting bucketBy. */
        bucketBy: string;

        /** ModelRouting decider. */
        decider: string;

        /** ModelRouting budgetMs. */
        budgetMs: number;

        /** ModelRouting formerChampions. */
        formerChampions: number[];

        /** ModelRouting partition. */
        partition: number;

        /** ModelRouting offset. */
        offset: number;

        /** ModelRouting acceptedAt. */
        acceptedAt: number;

        /** ModelRouting effectiveFrom. */
        effectiveFrom: number;

        /** ModelRouting who. */
        who: string;

        /** ModelRouting reason. */
        reason: string;

        /** ModelRouting position. */
        position?: (sluice.RecordPlace.$Properties|null);

        /** ModelRouting effectiveAt. */
        effectiveAt: number;

        /** ModelRouting racers. */
        racers: sluice.ModelRacer.$Properties[];

        /** ModelRouting steps. */
        steps: sluice.ModelStep.$Properties[];

        /**
         * Encodes the specified ModelRouting message. Does not implicitly {@link sluice.ModelRouting.verify|verify} messages.
         * @param message ModelRouting message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelRouting.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelRouting message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelRouting & sluice.ModelRouting.$Shape} ModelRouting
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelRouting & sluice.ModelRouting.$Shape;

        /**
         * Creates a ModelRouting message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelRouting
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelRouting;

        /**
         * Creates a plain object from a ModelRouting message. Also converts values to other types if specified.
         * @param message ModelRouting
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelRouting, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelRouting to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelRouting
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelRouting {

        /** Properties of a ModelRouting. */
        interface $Properties {

            /** ModelRouting number */
            number?: (number|null);

            /** ModelRouting champion */
            champion?: (number|null);

            /** ModelRouting challengers */
            challengers?: (sluice.ModelShare.$Properties[]|null);

            /** ModelRouting shadows */
            shadows?: (number[]|null);

            /** ModelRouting fallback */
            fallback?: (number|null);

            /** ModelRouting decoy */
            decoy?: (boolean|null);

            /** ModelRouting bucketBy */
            bucketBy?: (string|null);

            /** ModelRouting decider */
            decider?: (string|null);

            /** ModelRouting budgetMs */
            budgetMs?: (number|null);

            /** ModelRouting formerChampions */
            formerChampions?: (number[]|null);

            /** ModelRouting partition */
            partition?: (number|null);

            /** ModelRouting offset */
            offset?: (number|null);

            /** ModelRouting acceptedAt */
            acceptedAt?: (number|null);

            /** ModelRouting effectiveFrom */
            effectiveFrom?: (number|null);

            /** ModelRouting who */
            who?: (string|null);

            /** ModelRouting reason */
            reason?: (string|null);

            /** ModelRouting position */
            position?: (sluice.RecordPlace.$Properties|null);

            /** ModelRouting effectiveAt */
            effectiveAt?: (number|null);

            /** ModelRouting racers */
            racers?: (sluice.ModelRacer.$Properties[]|null);

            /** ModelRouting steps */
            steps?: (sluice.ModelStep.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelRouting. */
        type $Shape = sluice.ModelRouting.$Properties;
    }

    /**
     * Properties of a ModelStep.
     * @deprecated Use sluice.ModelStep.$Properties instead.
     */
    interface IModelStep extends sluice.ModelStep.$Properties {
    }

    /** Represents a ModelStep. */
    class ModelStep {

        /**
         * Constructs a new ModelStep.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelStep.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelStep version. */
        version: number;

        /** ModelStep name. */
        name: string;

        /**
         * Encodes the specified ModelStep message. Does not implicitly {@link sluice.ModelStep.verify|verify} messages.
         * @param message ModelStep message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelStep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelStep message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelStep & sluice.ModelStep.$Shape} ModelStep
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelStep & sluice.ModelStep.$Shape;

        /**
         * Creates a ModelStep message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelStep
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelStep;

        /**
         * Creates a plain object from a ModelStep message. Also converts values to other types if specified.
         * @param message ModelStep
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelStep, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelStep to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelStep
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelStep {

        /** Properties of a ModelStep. */
        interface $Properties {

            /** ModelStep version */
            version?: (number|null);

            /** ModelStep name */
            name?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelStep. */
        type $Shape = sluice.ModelStep.$Properties;
    }

    /**
     * Properties of a ModelRacer.
     * @deprecated Use sluice.ModelRacer.$Properties instead.
     */
    interface IModelRacer extends sluice.ModelRacer.$Properties {
    }

    /** Represents a ModelRacer. */
    class ModelRacer {

        /**
         * Constructs a new ModelRacer.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelRacer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelRacer version. */
        version: number;

        /** ModelRacer name. */
        name: string;

        /** ModelRacer weight. */
        weight: number;

        /**
         * Encodes the specified ModelRacer message. Does not implicitly {@link sluice.ModelRacer.verify|verify} messages.
         * @param message ModelRacer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelRacer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelRacer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelRacer & sluice.ModelRacer.$Shape} ModelRacer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelRacer & sluice.ModelRacer.$Shape;

        /**
         * Creates a ModelRacer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelRacer
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelRacer;

        /**
         * Creates a plain object from a ModelRacer message. Also converts values to other types if specified.
         * @param message ModelRacer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelRacer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelRacer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelRacer
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelRacer {

        /** Properties of a ModelRacer. */
        interface $Properties {

            /** ModelRacer version */
            version?: (number|null);

            /** ModelRacer name */
            name?: (string|null);

            /** ModelRacer weight */
            weight?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelRacer. */
        type $Shape = sluice.ModelRacer.$Properties;
    }

    /**
     * Properties of a ModelShare.
     * @deprecated Use sluice.ModelShare.$Properties instead.
     */
    interface IModelShare extends sluice.ModelShare.$Properties {
    }

    /** Represents a ModelShare. */
    class ModelShare {

        /**
         * Constructs a new ModelShare.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelShare.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelShare version. */
        version: number;

        /** ModelShare weight. */
        weight: number;

        /**
         * Encodes the specified ModelShare message. Does not implicitly {@link sluice.ModelShare.verify|verify} messages.
         * @param message ModelShare message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelShare.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelShare message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelShare & sluice.ModelShare.$Shape} ModelShare
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelShare & sluice.ModelShare.$Shape;

        /**
         * Creates a ModelShare message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelShare
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelShare;

        /**
         * Creates a plain object from a ModelShare message. Also converts values to other types if specified.
         * @param message ModelShare
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelShare, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelShare to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelShare
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelShare {

        /** Properties of a ModelShare. */
        interface $Properties {

            /** ModelShare version */
            version?: (number|null);

            /** ModelShare weight */
            weight?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelShare. */
        type $Shape = sluice.ModelShare.$Properties;
    }

    /**
     * Properties of a WaitingChange.
     * @deprecated Use sluice.WaitingChange.$Properties instead.
     */
    interface IWaitingChange extends sluice.WaitingChange.$Properties {
    }

    /** Represents a WaitingChange. */
    class WaitingChange {

        /**
         * Constructs a new WaitingChange.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.WaitingChange.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WaitingChange control. */
        control: Uint8Array;

        /** WaitingChange effectiveFrom. */
        effectiveFrom: number;

        /** WaitingChange partition. */
        partition: number;

        /** WaitingChange offset. */
        offset: number;

        /** WaitingChange policy. */
        policy: number;

        /**
         * Encodes the specified WaitingChange message. Does not implicitly {@link sluice.WaitingChange.verify|verify} messages.
         * @param message WaitingChange message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.WaitingChange.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WaitingChange message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.WaitingChange & sluice.WaitingChange.$Shape} WaitingChange
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.WaitingChange & sluice.WaitingChange.$Shape;

        /**
         * Creates a WaitingChange message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns WaitingChange
         */
        static fromObject(object: { [k: string]: any }): sluice.WaitingChange;

        /**
         * Creates a plain object from a WaitingChange message. Also converts values to other types if specified.
         * @param message WaitingChange
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.WaitingChange, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this WaitingChange to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for WaitingChange
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace WaitingChange {

        /** Properties of a WaitingChange. */
        interface $Properties {

            /** WaitingChange control */
            control?: (Uint8Array|null);

            /** WaitingChange effectiveFrom */
            effectiveFrom?: (number|null);

            /** WaitingChange partition */
            partition?: (number|null);

            /** WaitingChange offset */
            offset?: (number|null);

            /** WaitingChange policy */
            policy?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WaitingChange. */
        type $Shape = sluice.WaitingChange.$Properties;
    }

    /**
     * Properties of a RecordPlace.
     * @deprecated Use sluice.RecordPlace.$Properties instead.
     */
    interface IRecordPlace extends sluice.RecordPlace.$Properties {
    }

    /** Represents a RecordPlace. */
    class RecordPlace {

        /**
         * Constructs a new RecordPlace.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.RecordPlace.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RecordPlace partition. */
        partition: number;

        /** RecordPlace offset. */
        offset: number;

        /**
         * Encodes the specified RecordPlace message. Does not implicitly {@link sluice.RecordPlace.verify|verify} messages.
         * @param message RecordPlace message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.RecordPlace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RecordPlace message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.RecordPlace & sluice.RecordPlace.$Shape} RecordPlace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.RecordPlace & sluice.RecordPlace.$Shape;

        /**
         * Creates a RecordPlace message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns RecordPlace
         */
        static fromObject(object: { [k: string]: any }): sluice.RecordPlace;

        /**
         * Creates a plain object from a RecordPlace message. Also converts values to other types if specified.
         * @param message RecordPlace
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.RecordPlace, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this RecordPlace to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for RecordPlace
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RecordPlace {

        /** Properties of a RecordPlace. */
        interface $Properties {

            /** RecordPlace partition */
            partition?: (number|null);

            /** RecordPlace offset */
            offset?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RecordPlace. */
        type $Shape = sluice.RecordPlace.$Properties;
    }

    /**
     * Properties of a MovedRecord.
     * @deprecated Use sluice.MovedRecord.$Properties instead.
     */
    interface IMovedRecord extends sluice.MovedRecord.$Properties {
    }

    /** Represents a MovedRecord. */
    class MovedRecord {

        /**
         * Constructs a new MovedRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.MovedRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MovedRecord partition. */
        partition: number;

        /** MovedRecord offset. */
        offset: number;

        /** MovedRecord digest. */
        digest: Uint8Array;

        /**
         * Encodes the specified MovedRecord message. Does not implicitly {@link sluice.MovedRecord.verify|verify} messages.
         * @param message MovedRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.MovedRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MovedRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.MovedRecord & sluice.MovedRecord.$Shape} MovedRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.MovedRecord & sluice.MovedRecord.$Shape;

        /**
         * Creates a MovedRecord message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns MovedRecord
         */
        static fromObject(object: { [k: string]: any }): sluice.MovedRecord;

        /**
         * Creates a plain object from a MovedRecord message. Also converts values to other types if specified.
         * @param message MovedRecord
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.MovedRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this MovedRecord to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for MovedRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace MovedRecord {

        /** Properties of a MovedRecord. */
        interface $Properties {

            /** MovedRecord partition */
            partition?: (number|null);

            /** MovedRecord offset */
            offset?: (number|null);

            /** MovedRecord digest */
            digest?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MovedRecord. */
        type $Shape = sluice.MovedRecord.$Properties;
    }

    /**
     * Properties of a ModelVersion.
     * @deprecated Use sluice.ModelVersion.$Properties instead.
     */
    interface IModelVersion extends sluice.ModelVersion.$Properties {
    }

    /** Represents a ModelVersion. */
    class ModelVersion {

        /**
         * Constructs a new ModelVersion.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelVersion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelVersion version. */
        version: number;

        /** ModelVersion name. */
        name: string;

        /** ModelVersion description. */
        description: string;

        /** ModelVersion modeltype. */
        modeltype: number;

        /** ModelVersion hash. */
        hash: Uint8Array;

        /** ModelVersion size. */
        size: number;

        /** ModelVersion location. */
        location: string;

        /** ModelVersion output. */
        output: string;

        /** ModelVersion since. */
        since: number;

        /** ModelVersion partition. */
        partition: number;

        /** ModelVersion offset. */
        offset: number;

        /** ModelVersion remote. */
        remote: boolean;

        /** ModelVersion heavy. */
        heavy: boolean;

        /** ModelVersion movedFrom. */
        movedFrom?: (sluice.RecordPlace.$Properties|null);

        /** ModelVersion publishedBy. */
        publishedBy: string;

        /** ModelVersion created. */
        created: number;

        /** ModelVersion metrics. */
        metrics: { [k: string]: number };

        /** ModelVersion parameters. */
        parameters: { [k: string]: string };

        /** ModelVersion retired. */
        retired: number;

        /** ModelVersion signature. */
        signature?: (sluice.VersionSignature.$Properties|null);

        /** ModelVersion gives. */
        gives: sluice.ModelField.$Properties[];

        /** ModelVersion takes. */
        takes: sluice.ModelField.$Properties[];

        /**
         * Encodes the specified ModelVersion message. Does not implicitly {@link sluice.ModelVersion.verify|verify} messages.
         * @param message ModelVersion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelVersion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelVersion & sluice.ModelVersion.$Shape} ModelVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelVersion & sluice.ModelVersion.$Shape;

        /**
         * Creates a ModelVersion message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelVersion
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelVersion;

        /**
         * Creates a plain object from a ModelVersion message. Also converts values to other types if specified.
         * @param message ModelVersion
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelVersion, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelVersion to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelVersion
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelVersion {

        /** Properties of a ModelVersion. */
        interface $Properties {

            /** ModelVersion version */
            version?: (number|null);

            /** ModelVersion name */
            name?: (string|null);

            /** ModelVersion description */
            description?: (string|null);

            /** ModelVersion modeltype */
            modeltype?: (number|null);

            /** ModelVersion hash */
            hash?: (Uint8Array|null);

            /** ModelVersion size */
            size?: (number|null);

            /** ModelVersion location */
            location?: (string|null);

            /** ModelVersion output */
            output?: (string|null);

            /** ModelVersion since */
            since?: (number|null);

            /** ModelVersion partition */
            partition?: (number|null);

            /** ModelVersion offset */
            offset?: (number|null);

            /** ModelVersion remote */
            remote?: (boolean|null);

            /** ModelVersion heavy */
            heavy?: (boolean|null);

            /** ModelVersion movedFrom */
            movedFrom?: (sluice.RecordPlace.$Properties|null);

            /** ModelVersion publishedBy */
            publishedBy?: (string|null);

            /** ModelVersion created */
            created?: (number|null);

            /** ModelVersion metrics */
            metrics?: ({ [k: string]: number }|null);

            /** ModelVersion parameters */
            parameters?: ({ [k: string]: string }|null);

            /** ModelVersion retired */
            retired?: (number|null);

            /** ModelVersion signature */
            signature?: (sluice.VersionSignature.$Properties|null);

            /** ModelVersion gives */
            gives?: (sluice.ModelField.$Properties[]|null);

            /** ModelVersion takes */
            takes?: (sluice.ModelField.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelVersion. */
        type $Shape = sluice.ModelVersion.$Properties;
    }

    /**
     * Properties of a VersionSignature.
     * @deprecated Use sluice.VersionSignature.$Properties instead.
     */
    interface IVersionSignature extends sluice.VersionSignature.$Properties {
    }

    /** Represents a VersionSignature. */
    class VersionSignature {

        /**
         * Constructs a new VersionSignature.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.VersionSignature.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VersionSignature sha256. */
        sha256: Uint8Array;

        /** VersionSignature size. */
        size: number;

        /** VersionSignature key. */
        key: string;

        /** VersionSignature certificate. */
        certificate: string;

        /**
         * Encodes the specified VersionSignature message. Does not implicitly {@link sluice.VersionSignature.verify|verify} messages.
         * @param message VersionSignature message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.VersionSignature.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VersionSignature message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.VersionSignature & sluice.VersionSignature.$Shape} VersionSignature
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.VersionSignature & sluice.VersionSignature.$Shape;

        /**
         * Creates a VersionSignature message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns VersionSignature
         */
        static fromObject(object: { [k: string]: any }): sluice.VersionSignature;

        /**
         * Creates a plain object from a VersionSignature message. Also converts values to other types if specified.
         * @param message VersionSignature
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.VersionSignature, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this VersionSignature to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for VersionSignature
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace VersionSignature {

        /** Properties of a VersionSignature. */
        interface $Properties {

            /** VersionSignature sha256 */
            sha256?: (Uint8Array|null);

            /** VersionSignature size */
            size?: (number|null);

            /** VersionSignature key */
            key?: (string|null);

            /** VersionSignature certificate */
            certificate?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VersionSignature. */
        type $Shape = sluice.VersionSignature.$Properties;
    }

    /**
     * Properties of a ModelField.
     * @deprecated Use sluice.ModelField.$Properties instead.
     */
    interface IModelField extends sluice.ModelField.$Properties {
    }

    /** Represents a ModelField. */
    class ModelField {

        /**
         * Constructs a new ModelField.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelField.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelField name. */
        name: string;

        /** ModelField text. */
        text: boolean;

        /** ModelField count. */
        count: number;

        /** ModelField from. */
        from: number;

        /**
         * Encodes the specified ModelField message. Does not implicitly {@link sluice.ModelField.verify|verify} messages.
         * @param message ModelField message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelField.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelField message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelField & sluice.ModelField.$Shape} ModelField
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelField & sluice.ModelField.$Shape;

        /**
         * Creates a ModelField message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelField
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelField;

        /**
         * Creates a plain object from a ModelField message. Also converts values to other types if specified.
         * @param message ModelField
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelField, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelField to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelField
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelField {

        /** Properties of a ModelField. */
        interface $Properties {

            /** ModelField name */
            name?: (string|null);

            /** ModelField text */
            text?: (boolean|null);

            /** ModelField count */
            count?: (number|null);

            /** ModelField from */
            from?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelField. */
        type $Shape = sluice.ModelField.$Properties;
    }

    /**
     * Properties of a ModelUpload.
     * @deprecated Use sluice.ModelUpload.$Properties instead.
     */
    interface IModelUpload extends sluice.ModelUpload.$Properties {
    }

    /** Represents a ModelUpload. */
    class ModelUpload {

        /**
         * Constructs a new ModelUpload.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelUpload.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelUpload dataType. */
        dataType: string;

        /** ModelUpload sha256. */
        sha256: Uint8Array;

        /** ModelUpload size. */
        size: number;

        /** ModelUpload pieces. */
        pieces: number;

        /** ModelUpload received. */
        received: Uint8Array;

        /** ModelUpload newest. */
        newest: number;

        /** ModelUpload partition. */
        partition: number;

        /** ModelUpload offset. */
        offset: number;

        /**
         * Encodes the specified ModelUpload message. Does not implicitly {@link sluice.ModelUpload.verify|verify} messages.
         * @param message ModelUpload message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelUpload.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelUpload message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelUpload & sluice.ModelUpload.$Shape} ModelUpload
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelUpload & sluice.ModelUpload.$Shape;

        /**
         * Creates a ModelUpload message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelUpload
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelUpload;

        /**
         * Creates a plain object from a ModelUpload message. Also converts values to other types if specified.
         * @param message ModelUpload
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelUpload, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelUpload to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelUpload
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelUpload {

        /** Properties of a ModelUpload. */
        interface $Properties {

            /** ModelUpload dataType */
            dataType?: (string|null);

            /** ModelUpload sha256 */
            sha256?: (Uint8Array|null);

            /** ModelUpload size */
            size?: (number|null);

            /** ModelUpload pieces */
            pieces?: (number|null);

            /** ModelUpload received */
            received?: (Uint8Array|null);

            /** ModelUpload newest */
            newest?: (number|null);

            /** ModelUpload partition */
            partition?: (number|null);

            /** ModelUpload offset */
            offset?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelUpload. */
        type $Shape = sluice.ModelUpload.$Properties;
    }

    /**
     * Properties of a PastVersion.
     * @deprecated Use sluice.PastVersion.$Properties instead.
     */
    interface IPastVersion extends sluice.PastVersion.$Properties {
    }

    /** Represents a PastVersion. */
    class PastVersion {

        /**
         * Constructs a new PastVersion.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.PastVersion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PastVersion version. */
        version?: (sluice.ModelVersion.$Properties|null);

        /** PastVersion figures. */
        figures?: (sluice.ModelStatistics.$Properties|null);

        /**
         * Encodes the specified PastVersion message. Does not implicitly {@link sluice.PastVersion.verify|verify} messages.
         * @param message PastVersion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.PastVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PastVersion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.PastVersion & sluice.PastVersion.$Shape} PastVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.PastVersion & sluice.PastVersion.$Shape;

        /**
         * Creates a PastVersion message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns PastVersion
         */
        static fromObject(object: { [k: string]: any }): sluice.PastVersion;

        /**
         * Creates a plain object from a PastVersion message. Also converts values to other types if specified.
         * @param message PastVersion
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.PastVersion, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this PastVersion to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for PastVersion
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace PastVersion {

        /** Properties of a PastVersion. */
        interface $Properties {

            /** PastVersion version */
            version?: (sluice.ModelVersion.$Properties|null);

            /** PastVersion figures */
            figures?: (sluice.ModelStatistics.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PastVersion. */
        type $Shape = sluice.PastVersion.$Properties;
    }

    /**
     * Properties of a ModelStatistics.
     * @deprecated Use sluice.ModelStatistics.$Properties instead.
     */
    interface IModelStatistics extends sluice.ModelStatistics.$Properties {
    }

    /** Represents a ModelStatistics. */
    class ModelStatistics {

        /**
         * Constructs a new ModelStatistics.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelStatistics.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelStatistics version. */
        version: number;

        /** ModelStatistics invocations. */
        invocations: number;

        /** ModelStatistics duration. */
        duration: number;

        /** ModelStatistics min. */
        min: number;

        /** ModelStatistics max. */
        max: number;

        /** ModelStatistics lastUsed. */
        lastUsed: number;

        /** ModelStatistics roles. */
        roles: sluice.RoleStatistics.$Properties[];

        /**
         * Encodes the specified ModelStatistics message. Does not implicitly {@link sluice.ModelStatistics.verify|verify} messages.
         * @param message ModelStatistics message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelStatistics.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelStatistics message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelStatistics & sluice.ModelStatistics.$Shape} ModelStatistics
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelStatistics & sluice.ModelStatistics.$Shape;

        /**
         * Creates a ModelStatistics message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelStatistics
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelStatistics;

        /**
         * Creates a plain object from a ModelStatistics message. Also converts values to other types if specified.
         * @param message ModelStatistics
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelStatistics, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelStatistics to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelStatistics
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelStatistics {

        /** Properties of a ModelStatistics. */
        interface $Properties {

            /** ModelStatistics version */
            version?: (number|null);

            /** ModelStatistics invocations */
            invocations?: (number|null);

            /** ModelStatistics duration */
            duration?: (number|null);

            /** ModelStatistics min */
            min?: (number|null);

            /** ModelStatistics max */
            max?: (number|null);

            /** ModelStatistics lastUsed */
            lastUsed?: (number|null);

            /** ModelStatistics roles */
            roles?: (sluice.RoleStatistics.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelStatistics. */
        type $Shape = sluice.ModelStatistics.$Properties;
    }

    /**
     * Properties of a RoleStatistics.
     * @deprecated Use sluice.RoleStatistics.$Properties instead.
     */
    interface IRoleStatistics extends sluice.RoleStatistics.$Properties {
    }

    /** Represents a RoleStatistics. */
    class RoleStatistics {

        /**
         * Constructs a new RoleStatistics.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.RoleStatistics.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoleStatistics role. */
        role: number;

        /** RoleStatistics invocations. */
        invocations: number;

        /** RoleStatistics duration. */
        duration: number;

        /** RoleStatistics min. */
        min: number;

        /** RoleStatistics max. */
        max: number;

        /** RoleStatistics durations. */
        durations: Uint8Array;

        /**
         * Encodes the specified RoleStatistics message. Does not implicitly {@link sluice.RoleStatistics.verify|verify} messages.
         * @param message RoleStatistics message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.RoleStatistics.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoleStatistics message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.RoleStatistics & sluice.RoleStatistics.$Shape} RoleStatistics
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.RoleStatistics & sluice.RoleStatistics.$Shape;

        /**
         * Creates a RoleStatistics message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns RoleStatistics
         */
        static fromObject(object: { [k: string]: any }): sluice.RoleStatistics;

        /**
         * Creates a plain object from a RoleStatistics message. Also converts values to other types if specified.
         * @param message RoleStatistics
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.RoleStatistics, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this RoleStatistics to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for RoleStatistics
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoleStatistics {

        /** Properties of a RoleStatistics. */
        interface $Properties {

            /** RoleStatistics role */
            role?: (number|null);

            /** RoleStatistics invocations */
            invocations?: (number|null);

            /** RoleStatistics duration */
            duration?: (number|null);

            /** RoleStatistics min */
            min?: (number|null);

            /** RoleStatistics max */
            max?: (number|null);

            /** RoleStatistics durations */
            durations?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoleStatistics. */
        type $Shape = sluice.RoleStatistics.$Properties;
    }

    /**
     * Properties of a MemberInfo.
     * @deprecated Use sluice.MemberInfo.$Properties instead.
     */
    interface IMemberInfo extends sluice.MemberInfo.$Properties {
    }

    /** Represents a MemberInfo. */
    class MemberInfo {

        /**
         * Constructs a new MemberInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.MemberInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemberInfo instance. */
        instance: string;

        /** MemberInfo host. */
        host: string;

        /** MemberInfo port. */
        port: number;

        /** MemberInfo stores. */
        stores: string[];

        /** MemberInfo tasks. */
        tasks: string[];

        /** MemberInfo active. */
        active: string[];

        /** MemberInfo peerPort. */
        peerPort: number;

        /** MemberInfo boot. */
        boot: string;

        /** MemberInfo held. */
        held: sluice.HeldTask.$Properties[];

        /** MemberInfo network. */
        network: string;

        /** MemberInfo reads. */
        reads: string[];

        /** MemberInfo transactionalId. */
        transactionalId: string;

        /** MemberInfo keeps. */
        keeps: string[];

        /**
         * Encodes the specified MemberInfo message. Does not implicitly {@link sluice.MemberInfo.verify|verify} messages.
         * @param message MemberInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.MemberInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemberInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.MemberInfo & sluice.MemberInfo.$Shape} MemberInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.MemberInfo & sluice.MemberInfo.$Shape;

        /**
         * Creates a MemberInfo message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns MemberInfo
         */
        static fromObject(object: { [k: string]: any }): sluice.MemberInfo;

        /**
         * Creates a plain object from a MemberInfo message. Also converts values to other types if specified.
         * @param message MemberInfo
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.MemberInfo, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this MemberInfo to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for MemberInfo
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace MemberInfo {

        /** Properties of a MemberInfo. */
        interface $Properties {

            /** MemberInfo instance */
            instance?: (string|null);

            /** MemberInfo host */
            host?: (string|null);

            /** MemberInfo port */
            port?: (number|null);

            /** MemberInfo stores */
            stores?: (string[]|null);

            /** MemberInfo tasks */
            tasks?: (string[]|null);

            /** MemberInfo active */
            active?: (string[]|null);

            /** MemberInfo peerPort */
            peerPort?: (number|null);

            /** MemberInfo boot */
            boot?: (string|null);

            /** MemberInfo held */
            held?: (sluice.HeldTask.$Properties[]|null);

            /** MemberInfo network */
            network?: (string|null);

            /** MemberInfo reads */
            reads?: (string[]|null);

            /** MemberInfo transactionalId */
            transactionalId?: (string|null);

            /** MemberInfo keeps */
            keeps?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemberInfo. */
        type $Shape = sluice.MemberInfo.$Properties;
    }

    /**
     * Properties of a HeldTask.
     * @deprecated Use sluice.HeldTask.$Properties instead.
     */
    interface IHeldTask extends sluice.HeldTask.$Properties {
    }

    /** Represents a HeldTask. */
    class HeldTask {

        /**
         * Constructs a new HeldTask.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.HeldTask.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HeldTask task. */
        task: string;

        /** HeldTask position. */
        position: number;

        /**
         * Encodes the specified HeldTask message. Does not implicitly {@link sluice.HeldTask.verify|verify} messages.
         * @param message HeldTask message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.HeldTask.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HeldTask message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.HeldTask & sluice.HeldTask.$Shape} HeldTask
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.HeldTask & sluice.HeldTask.$Shape;

        /**
         * Creates a HeldTask message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns HeldTask
         */
        static fromObject(object: { [k: string]: any }): sluice.HeldTask;

        /**
         * Creates a plain object from a HeldTask message. Also converts values to other types if specified.
         * @param message HeldTask
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.HeldTask, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this HeldTask to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for HeldTask
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace HeldTask {

        /** Properties of a HeldTask. */
        interface $Properties {

            /** HeldTask task */
            task?: (string|null);

            /** HeldTask position */
            position?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HeldTask. */
        type $Shape = sluice.HeldTask.$Properties;
    }

    /**
     * Properties of an AssignedStandbys.
     * @deprecated Use sluice.AssignedStandbys.$Properties instead.
     */
    interface IAssignedStandbys extends sluice.AssignedStandbys.$Properties {
    }

    /** Represents an AssignedStandbys. */
    class AssignedStandbys {

        /**
         * Constructs a new AssignedStandbys.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.AssignedStandbys.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AssignedStandbys tasks. */
        tasks: string[];

        /** AssignedStandbys refused. */
        refused: string;

        /** AssignedStandbys transactionalIds. */
        transactionalIds: string[];

        /** AssignedStandbys subTopologies. */
        subTopologies: sluice.SubTopologyRun.$Properties[];

        /**
         * Encodes the specified AssignedStandbys message. Does not implicitly {@link sluice.AssignedStandbys.verify|verify} messages.
         * @param message AssignedStandbys message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.AssignedStandbys.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AssignedStandbys message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.AssignedStandbys & sluice.AssignedStandbys.$Shape} AssignedStandbys
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.AssignedStandbys & sluice.AssignedStandbys.$Shape;

        /**
         * Creates an AssignedStandbys message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns AssignedStandbys
         */
        static fromObject(object: { [k: string]: any }): sluice.AssignedStandbys;

        /**
         * Creates a plain object from an AssignedStandbys message. Also converts values to other types if specified.
         * @param message AssignedStandbys
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.AssignedStandbys, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this AssignedStandbys to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for AssignedStandbys
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace AssignedStandbys {

        /** Properties of an AssignedStandbys. */
        interface $Properties {

            /** AssignedStandbys tasks */
            tasks?: (string[]|null);

            /** AssignedStandbys refused */
            refused?: (string|null);

            /** AssignedStandbys transactionalIds */
            transactionalIds?: (string[]|null);

            /** AssignedStandbys subTopologies */
            subTopologies?: (sluice.SubTopologyRun.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AssignedStandbys. */
        type $Shape = sluice.AssignedStandbys.$Properties;
    }

    /**
     * Properties of a SubTopologyRun.
     * @deprecated Use sluice.SubTopologyRun.$Properties instead.
     */
    interface ISubTopologyRun extends sluice.SubTopologyRun.$Properties {
    }

    /** Represents a SubTopologyRun. */
    class SubTopologyRun {

        /**
         * Constructs a new SubTopologyRun.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.SubTopologyRun.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SubTopologyRun reads. */
        reads: string;

        /** SubTopologyRun instances. */
        instances: string[];

        /** SubTopologyRun waitsFor. */
        waitsFor: string[];

        /** SubTopologyRun unknown. */
        unknown: string[];

        /**
         * Encodes the specified SubTopologyRun message. Does not implicitly {@link sluice.SubTopologyRun.verify|verify} messages.
         * @param message SubTopologyRun message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.SubTopologyRun.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SubTopologyRun message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.SubTopologyRun & sluice.SubTopologyRun.$Shape} SubTopologyRun
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.SubTopologyRun & sluice.SubTopologyRun.$Shape;

        /**
         * Creates a SubTopologyRun message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns SubTopologyRun
         */
        static fromObject(object: { [k: string]: any }): sluice.SubTopologyRun;

        /**
         * Creates a plain object from a SubTopologyRun message. Also converts values to other types if specified.
         * @param message SubTopologyRun
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.SubTopologyRun, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this SubTopologyRun to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for SubTopologyRun
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SubTopologyRun {

        /** Properties of a SubTopologyRun. */
        interface $Properties {

            /** SubTopologyRun reads */
            reads?: (string|null);

            /** SubTopologyRun instances */
            instances?: (string[]|null);

            /** SubTopologyRun waitsFor */
            waitsFor?: (string[]|null);

            /** SubTopologyRun unknown */
            unknown?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SubTopologyRun. */
        type $Shape = sluice.SubTopologyRun.$Properties;
    }
}
