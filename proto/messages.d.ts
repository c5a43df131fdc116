import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace sluice. */
export namespace sluice {

    /**
     * Properties of a SensorData.
     * @deprecated Use sluice.SensorData.$Properties instead.
     */
    interface ISensorData extends sluice.SensorData.$Properties {
    }

    /** Represents a SensorData. */
    class SensorData {

        /**
         * Constructs a new SensorData.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.SensorData.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SensorData sensorID. */
        sensorID: number;

        /** SensorData temperature. */
        temperature: number;

        /**
         * Encodes the specified SensorData message. Does not implicitly {@link sluice.SensorData.verify|verify} messages.
         * @param message SensorData message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.SensorData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SensorData message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.SensorData & sluice.SensorData.$Shape} SensorData
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.SensorData & sluice.SensorData.$Shape;

        /**
         * Creates a SensorData message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns SensorData
         */
        static fromObject(object: { [k: string]: any }): sluice.SensorData;

        /**
         * Creates a plain object from a SensorData message. Also converts values to other types if specified.
         * @param message SensorData
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.SensorData, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this SensorData to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for SensorData
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SensorData {

        /** Properties of a SensorData. */
        interface $Properties {

            /** SensorData sensorID */
            sensorID?: (number|null);

            /** SensorData temperature */
            temperature?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SensorData. */
        type $Shape = sluice.SensorData.$Properties;
    }

    /**
     * Properties of a TemperatureControl.
     * @deprecated Use sluice.TemperatureControl.$Properties instead.
     */
    interface ITemperatureControl extends sluice.TemperatureControl.$Properties {
    }

    /** Represents a TemperatureControl. */
    class TemperatureControl {

        /**
         * Constructs a new TemperatureControl.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.TemperatureControl.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TemperatureControl sensorID. */
        sensorID: number;

        /** TemperatureControl desired. */
        desired: number;

        /** TemperatureControl upDelta. */
        upDelta: number;

        /** TemperatureControl downDelta. */
        downDelta: number;

        /**
         * Encodes the specified TemperatureControl message. Does not implicitly {@link sluice.TemperatureControl.verify|verify} messages.
         * @param message TemperatureControl message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.TemperatureControl.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TemperatureControl message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.TemperatureControl & sluice.TemperatureControl.$Shape} TemperatureControl
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.TemperatureControl & sluice.TemperatureControl.$Shape;

        /**
         * Creates a TemperatureControl message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns TemperatureControl
         */
        static fromObject(object: { [k: string]: any }): sluice.TemperatureControl;

        /**
         * Creates a plain object from a TemperatureControl message. Also converts values to other types if specified.
         * @param message TemperatureControl
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.TemperatureControl, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this TemperatureControl to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for TemperatureControl
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace TemperatureControl {

        /** Properties of a TemperatureControl. */
        interface $Properties {

            /** TemperatureControl sensorID */
            sensorID?: (number|null);

            /** TemperatureControl desired */
            desired?: (number|null);

            /** TemperatureControl upDelta */
            upDelta?: (number|null);

            /** TemperatureControl downDelta */
            downDelta?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TemperatureControl. */
        type $Shape = sluice.TemperatureControl.$Properties;
    }

    /** HeaterCommand enum. */
    enum HeaterCommand {

        /** On value */
        On = 0,

        /** Off value */
        Off = 1
    }

    /**
     * Properties of a HeaterControl.
     * @deprecated Use sluice.HeaterControl.$Properties instead.
     */
    interface IHeaterControl extends sluice.HeaterControl.$Properties {
    }

    /** Represents a HeaterControl. */
    class HeaterControl {

        /**
         * Constructs a new HeaterControl.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.HeaterControl.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HeaterControl sensorID. */
        sensorID: number;

        /** HeaterControl command. */
        command: sluice.HeaterCommand;

        /**
         * Encodes the specified HeaterControl message. Does not implicitly {@link sluice.HeaterControl.verify|verify} messages.
         * @param message HeaterControl message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.HeaterControl.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HeaterControl message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.HeaterControl & sluice.HeaterControl.$Shape} HeaterControl
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.HeaterControl & sluice.HeaterControl.$Shape;

        /**
         * Creates a HeaterControl message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns HeaterControl
         */
        static fromObject(object: { [k: string]: any }): sluice.HeaterControl;

        /**
         * Creates a plain object from a HeaterControl message. Also converts values to other types if specified.
         * @param message HeaterControl
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.HeaterControl, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this HeaterControl to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for HeaterControl
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace HeaterControl {

        /** Properties of a HeaterControl. */
        interface $Properties {

            /** HeaterControl sensorID */
            sensorID?: (number|null);

            /** HeaterControl command */
            command?: (sluice.HeaterCommand|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HeaterControl. */
        type $Shape = sluice.HeaterControl.$Properties;
    }

    /**
     * Properties of a ModelDescriptor.
     * @deprecated Use sluice.ModelDescriptor.$Properties instead.
     */
    interface IModelDescriptor extends sluice.ModelDescriptor.$Properties {
    }

    /** Represents a ModelDescriptor. */
    class ModelDescriptor {

        /**
         * Constructs a new ModelDescriptor.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelDescriptor.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelDescriptor name. */
        name: string;

        /** ModelDescriptor description. */
        description: string;

        /** ModelDescriptor dataType. */
        dataType: string;

        /** ModelDescriptor modeltype. */
        modeltype: sluice.ModelDescriptor.ModelType;

        /** ModelDescriptor data. */
        data?: (Uint8Array|null);

        /** ModelDescriptor location. */
        location?: (string|null);

        /** ModelDescriptor sha256. */
        sha256: Uint8Array;

        /** ModelDescriptor output. */
        output: string;

        /** ModelDescriptor golden. */
        golden: sluice.GoldenRecord.$Properties[];

        /** ModelDescriptor piece. */
        piece?: (sluice.ModelPiece.$Properties|null);

        /** ModelDescriptor pieces. */
        pieces: number;

        /** ModelDescriptor control. */
        control?: (sluice.ModelControl.$Properties|null);

        /** ModelDescriptor role. */
        role?: (sluice.RoleAt.$Properties|null);

        /** ModelDescriptor effectiveFrom. */
        effectiveFrom: number;

        /** ModelDescriptor publishedBy. */
        publishedBy: string;

        /** ModelDescriptor created. */
        created: number;

        /** ModelDescriptor metrics. */
        metrics: { [k: string]: number };

        /** ModelDescriptor parameters. */
        parameters: { [k: string]: string };

        /** ModelDescriptor signature. */
        signature: Uint8Array;

        /** ModelDescriptor after. */
        after: string;

        /** ModelDescriptor MessageContent. */
        MessageContent?: ("data"|"location");

        /**
         * Encodes the specified ModelDescriptor message. Does not implicitly {@link sluice.ModelDescriptor.verify|verify} messages.
         * @param message ModelDescriptor message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelDescriptor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelDescriptor message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelDescriptor & sluice.ModelDescriptor.$Shape} ModelDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelDescriptor & sluice.ModelDescriptor.$Shape;

        /**
         * Creates a ModelDescriptor message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelDescriptor
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelDescriptor;

        /**
         * Creates a plain object from a ModelDescriptor message. Also converts values to other types if specified.
         * @param message ModelDescriptor
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelDescriptor, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelDescriptor to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelDescriptor
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelDescriptor {

        /** Properties of a ModelDescriptor. */
        interface $Properties {

            /** ModelDescriptor name */
            name?: (string|null);

            /** ModelDescriptor description */
            description?: (string|null);

            /** ModelDescriptor dataType */
            dataType?: (string|null);

            /** ModelDescriptor modeltype */
            modeltype?: (sluice.ModelDescriptor.ModelType|null);

            /** ModelDescriptor data */
            data?: (Uint8Array|null);

            /** ModelDescriptor location */
            location?: (string|null);

            /** ModelDescriptor sha256 */
            sha256?: (Uint8Array|null);

            /** ModelDescriptor output */
            output?: (string|null);

            /** ModelDescriptor golden */
            golden?: (sluice.GoldenRecord.$Properties[]|null);

            /** ModelDescriptor piece */
            piece?: (sluice.ModelPiece.$Properties|null);

            /** ModelDescriptor pieces */
            pieces?: (number|null);

            /** ModelDescriptor control */
            control?: (sluice.ModelControl.$Properties|null);

            /** ModelDescriptor role */
            role?: (sluice.RoleAt.$Properties|null);

            /** ModelDescriptor effectiveFrom */
            effectiveFrom?: (number|null);

            /** ModelDescriptor publishedBy */
            publishedBy?: (string|null);

            /** ModelDescriptor created */
            created?: (number|null);

            /** ModelDescriptor metrics */
            metrics?: ({ [k: string]: number }|null);

            /** ModelDescriptor parameters */
            parameters?: ({ [k: string]: string }|null);

            /** ModelDescriptor signature */
            signature?: (Uint8Array|null);

            /** ModelDescriptor after */
            after?: (string|null);

            /** ModelDescriptor MessageContent */
            MessageContent?: ("data"|"location");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a ModelDescriptor. */
        type $Shape = {
          name?: string|null;
          description?: string|null;
          dataType?: string|null;
          modeltype?: sluice.ModelDescriptor.ModelType|null;
          data?: Uint8Array|null;
          location?: string|null;
          sha256?: Uint8Array|null;
          output?: string|null;
          golden?: sluice.GoldenRecord.$Shape[]|null;
          piece?: sluice.ModelPiece.$Shape|null;
          pieces?: number|null;
          control?: sluice.ModelControl.$Shape|null;
          role?: sluice.RoleAt.$Shape|null;
          effectiveFrom?: number|null;
          publishedBy?: string|null;
          created?: number|null;
          metrics?: { [k: string]: number }|null;
          parameters?: { [k: string]: string }|null;
          signature?: Uint8Array|null;
          after?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ MessageContent?: undefined; data?: null; location?: null }|{ MessageContent?: "data"; data: Uint8Array; location?: null }|{ MessageContent?: "location"; data?: null; location: string })
        );

        /** ModelType enum. */
        enum ModelType {

            /** TENSORFLOW value */
            TENSORFLOW = 0,

            /** TENSORFLOWSAVED value */
            TENSORFLOWSAVED = 1,

            /** PMML value */
            PMML = 2,

            /** ONNX value */
            ONNX = 3,

            /** SERVICE value */
            SERVICE = 4,

            /** MODULE value */
            MODULE = 5
        }
    }

    /** ModelRole enum. */
    enum ModelRole {

        /** CHAMPION value */
        CHAMPION = 0,

        /** CHALLENGER value */
        CHALLENGER = 1,

        /** SHADOW value */
        SHADOW = 2,

        /** FALLBACK value */
        FALLBACK = 3,

        /** DECOY value */
        DECOY = 4,

        /** RACER value */
        RACER = 5
    }

    /**
     * Properties of a RoleAt.
     * @deprecated Use sluice.RoleAt.$Properties instead.
     */
    interface IRoleAt extends sluice.RoleAt.$Properties {
    }

    /** Represents a RoleAt. */
    class RoleAt {

        /**
         * Constructs a new RoleAt.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.RoleAt.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoleAt role. */
        role: sluice.ModelRole;

        /** RoleAt weight. */
        weight: number;

        /**
         * Encodes the specified RoleAt message. Does not implicitly {@link sluice.RoleAt.verify|verify} messages.
         * @param message RoleAt message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.RoleAt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoleAt message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.RoleAt & sluice.RoleAt.$Shape} RoleAt
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.RoleAt & sluice.RoleAt.$Shape;

        /**
         * Creates a RoleAt message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns RoleAt
         */
        static fromObject(object: { [k: string]: any }): sluice.RoleAt;

        /**
         * Creates a plain object from a RoleAt message. Also converts values to other types if specified.
         * @param message RoleAt
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.RoleAt, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this RoleAt to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for RoleAt
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoleAt {

        /** Properties of a RoleAt. */
        interface $Properties {

            /** RoleAt role */
            role?: (sluice.ModelRole|null);

            /** RoleAt weight */
            weight?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoleAt. */
        type $Shape = sluice.RoleAt.$Properties;
    }

    /**
     * Properties of a VersionRef.
     * @deprecated Use sluice.VersionRef.$Properties instead.
     */
    interface IVersionRef extends sluice.VersionRef.$Properties {
    }

    /** Represents a VersionRef. */
    class VersionRef {

        /**
         * Constructs a new VersionRef.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.VersionRef.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VersionRef version. */
        version?: (number|null);

        /** VersionRef alias. */
        alias?: (string|null);

        /** VersionRef by. */
        by?: ("version"|"alias");

        /**
         * Encodes the specified VersionRef message. Does not implicitly {@link sluice.VersionRef.verify|verify} messages.
         * @param message VersionRef message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.VersionRef.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VersionRef message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.VersionRef & sluice.VersionRef.$Shape} VersionRef
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.VersionRef & sluice.VersionRef.$Shape;

        /**
         * Creates a VersionRef message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns VersionRef
         */
        static fromObject(object: { [k: string]: any }): sluice.VersionRef;

        /**
         * Creates a plain object from a VersionRef message. Also converts values to other types if specified.
         * @param message VersionRef
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.VersionRef, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this VersionRef to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for VersionRef
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace VersionRef {

        /** Properties of a VersionRef. */
        interface $Properties {

            /** VersionRef version */
            version?: (number|null);

            /** VersionRef alias */
            alias?: (string|null);

            /** VersionRef by */
            by?: ("version"|"alias");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a VersionRef. */
        type $Shape = {
          version?: number|null;
          alias?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ by?: undefined; version?: null; alias?: null }|{ by?: "version"; version: number; alias?: null }|{ by?: "alias"; version?: null; alias: string })
        );
    }

    /**
     * Properties of a ModelControl.
     * @deprecated Use sluice.ModelControl.$Properties instead.
     */
    interface IModelControl extends sluice.ModelControl.$Properties {
    }

    /** Represents a ModelControl. */
    class ModelControl {

        /**
         * Constructs a new ModelControl.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelControl.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelControl setRole. */
        setRole?: (sluice.SetRole.$Properties|null);

        /** ModelControl promote. */
        promote?: (sluice.VersionRef.$Properties|null);

        /** ModelControl rollback. */
        rollback?: (sluice.VersionRef.$Properties|null);

        /** ModelControl retire. */
        retire?: (sluice.VersionRef.$Properties|null);

        /** ModelControl setPolicy. */
        setPolicy?: (sluice.RoutingPolicy.$Properties|null);

        /** ModelControl alias. */
        alias?: (sluice.SetAlias.$Properties|null);

        /** ModelControl withdraw. */
        withdraw?: (sluice.Withdraw.$Properties|null);

        /** ModelControl cancel. */
        cancel?: (sluice.Cancel.$Properties|null);

        /** ModelControl expect. */
        expect?: (sluice.Expected.$Properties|null);

        /** ModelControl effectiveFrom. */
        effectiveFrom: number;

        /** ModelControl who. */
        who: string;

        /** ModelControl reason. */
        reason: string;

        /** ModelControl action. */
        action?: ("setRole"|"promote"|"rollback"|"retire"|"setPolicy"|"alias"|"withdraw"|"cancel");

        /**
         * Encodes the specified ModelControl message. Does not implicitly {@link sluice.ModelControl.verify|verify} messages.
         * @param message ModelControl message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelControl.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelControl message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelControl & sluice.ModelControl.$Shape} ModelControl
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelControl & sluice.ModelControl.$Shape;

        /**
         * Creates a ModelControl message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelControl
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelControl;

        /**
         * Creates a plain object from a ModelControl message. Also converts values to other types if specified.
         * @param message ModelControl
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelControl, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelControl to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelControl
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelControl {

        /** Properties of a ModelControl. */
        interface $Properties {

            /** ModelControl setRole */
            setRole?: (sluice.SetRole.$Properties|null);

            /** ModelControl promote */
            promote?: (sluice.VersionRef.$Properties|null);

            /** ModelControl rollback */
            rollback?: (sluice.VersionRef.$Properties|null);

            /** ModelControl retire */
            retire?: (sluice.VersionRef.$Properties|null);

            /** ModelControl setPolicy */
            setPolicy?: (sluice.RoutingPolicy.$Properties|null);

            /** ModelControl alias */
            alias?: (sluice.SetAlias.$Properties|null);

            /** ModelControl withdraw */
            withdraw?: (sluice.Withdraw.$Properties|null);

            /** ModelControl cancel */
            cancel?: (sluice.Cancel.$Properties|null);

            /** ModelControl expect */
            expect?: (sluice.Expected.$Properties|null);

            /** ModelControl effectiveFrom */
            effectiveFrom?: (number|null);

            /** ModelControl who */
            who?: (string|null);

            /** ModelControl reason */
            reason?: (string|null);

            /** ModelControl action */
            action?: ("setRole"|"promote"|"rollback"|"retire"|"setPolicy"|"alias"|"withdraw"|"cancel");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a ModelControl. */
        type $Shape = {
          setRole?: sluice.SetRole.$Shape|null;
          promote?: sluice.VersionRef.$Shape|null;
          rollback?: sluice.VersionRef.$Shape|null;
          retire?: sluice.VersionRef.$Shape|null;
          setPolicy?: sluice.RoutingPolicy.$Shape|null;
          alias?: sluice.SetAlias.$Shape|null;
          withdraw?: sluice.Withdraw.$Shape|null;
          cancel?: sluice.Cancel.$Shape|null;
          expect?: sluice.Expected.$Shape|null;
          effectiveFrom?: number|null;
          who?: string|null;
          reason?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ action?: undefined; setRole?: null; promote?: null; rollback?: null; retire?: null; setPolicy?: null; alias?: null; withdraw?: null; cancel?: null }|{ action?: "setRole"; setRole: sluice.SetRole.$Shape; promote?: null; rollback?: null; retire?: null; setPolicy?: null; alias?: null; withdraw?: null; cancel?: null }|{ action?: "promote"; setRole?: null; promote: sluice.VersionRef.$Shape; rollback?: null; retire?: null; setPolicy?: null; alias?: null; withdraw?: null; cancel?: null }|{ action?: "rollback"; setRole?: null; promote?: null; rollback: sluice.VersionRef.$Shape; retire?: null; setPolicy?: null; alias?: null; withdraw?: null; cancel?: null }|{ action?: "retire"; setRole?: null; promote?: null; rollback?: null; retire: sluice.VersionRef.$Shape; setPolicy?: null; alias?: null; withdraw?: null; cancel?: null }|{ action?: "setPolicy"; setRole?: null; promote?: null; rollback?: null; retire?: null; setPolicy: sluice.RoutingPolicy.$Shape; alias?: null; withdraw?: null; cancel?: null }|{ action?: "alias"; setRole?: null; promote?: null; rollback?: null; retire?: null; setPolicy?: null; alias: sluice.SetAlias.$Shape; withdraw?: null; cancel?: null }|{ action?: "withdraw"; setRole?: null; promote?: null; rollback?: null; retire?: null; setPolicy?: null; alias?: null; withdraw: sluice.Withdraw.$Shape; cancel?: null }|{ action?: "cancel"; setRole?: null; promote?: null; rollback?: null; retire?: null; setPolicy?: null; alias?: null; withdraw?: null; cancel: sluice.Cancel.$Shape })
        );
    }

    /**
     * Properties of an Expected.
     * @deprecated Use sluice.Expected.$Properties instead.
     */
    interface IExpected extends sluice.Expected.$Properties {
    }

    /** Represents an Expected. */
    class Expected {

        /**
         * Constructs a new Expected.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Expected.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Expected champion. */
        champion?: (number|null);

        /** Expected policy. */
        policy?: (number|null);

        /**
         * Encodes the specified Expected message. Does not implicitly {@link sluice.Expected.verify|verify} messages.
         * @param message Expected message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Expected.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Expected message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Expected & sluice.Expected.$Shape} Expected
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Expected & sluice.Expected.$Shape;

        /**
         * Creates an Expected message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Expected
         */
        static fromObject(object: { [k: string]: any }): sluice.Expected;

        /**
         * Creates a plain object from an Expected message. Also converts values to other types if specified.
         * @param message Expected
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Expected, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Expected to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Expected
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Expected {

        /** Properties of an Expected. */
        interface $Properties {

            /** Expected champion */
            champion?: (number|null);

            /** Expected policy */
            policy?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Expected. */
        type $Shape = sluice.Expected.$Properties;
    }

    /**
     * Properties of a SetRole.
     * @deprecated Use sluice.SetRole.$Properties instead.
     */
    interface ISetRole extends sluice.SetRole.$Properties {
    }

    /** Represents a SetRole. */
    class SetRole {

        /**
         * Constructs a new SetRole.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.SetRole.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SetRole of. */
        of?: (sluice.VersionRef.$Properties|null);

        /** SetRole role. */
        role: sluice.ModelRole;

        /** SetRole weight. */
        weight: number;

        /**
         * Encodes the specified SetRole message. Does not implicitly {@link sluice.SetRole.verify|verify} messages.
         * @param message SetRole message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.SetRole.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SetRole message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.SetRole & sluice.SetRole.$Shape} SetRole
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.SetRole & sluice.SetRole.$Shape;

        /**
         * Creates a SetRole message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns SetRole
         */
        static fromObject(object: { [k: string]: any }): sluice.SetRole;

        /**
         * Creates a plain object from a SetRole message. Also converts values to other types if specified.
         * @param message SetRole
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.SetRole, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this SetRole to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for SetRole
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SetRole {

        /** Properties of a SetRole. */
        interface $Properties {

            /** SetRole of */
            of?: (sluice.VersionRef.$Properties|null);

            /** SetRole role */
            role?: (sluice.ModelRole|null);

            /** SetRole weight */
            weight?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SetRole. */
        type $Shape = {
          of?: sluice.VersionRef.$Shape|null;
          role?: sluice.ModelRole|null;
          weight?: number|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a SetAlias.
     * @deprecated Use sluice.SetAlias.$Properties instead.
     */
    interface ISetAlias extends sluice.SetAlias.$Properties {
    }

    /** Represents a SetAlias. */
    class SetAlias {

        /**
         * Constructs a new SetAlias.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.SetAlias.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SetAlias alias. */
        alias: string;

        /** SetAlias version. */
        version: number;

        /**
         * Encodes the specified SetAlias message. Does not implicitly {@link sluice.SetAlias.verify|verify} messages.
         * @param message SetAlias message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.SetAlias.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SetAlias message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.SetAlias & sluice.SetAlias.$Shape} SetAlias
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.SetAlias & sluice.SetAlias.$Shape;

        /**
         * Creates a SetAlias message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns SetAlias
         */
        static fromObject(object: { [k: string]: any }): sluice.SetAlias;

        /**
         * Creates a plain object from a SetAlias message. Also converts values to other types if specified.
         * @param message SetAlias
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.SetAlias, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this SetAlias to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for SetAlias
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SetAlias {

        /** Properties of a SetAlias. */
        interface $Properties {

            /** SetAlias alias */
            alias?: (string|null);

            /** SetAlias version */
            version?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SetAlias. */
        type $Shape = sluice.SetAlias.$Properties;
    }

    /**
     * Properties of a Withdraw.
     * @deprecated Use sluice.Withdraw.$Properties instead.
     */
    interface IWithdraw extends sluice.Withdraw.$Properties {
    }

    /** Represents a Withdraw. */
    class Withdraw {

        /**
         * Constructs a new Withdraw.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Withdraw.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Encodes the specified Withdraw message. Does not implicitly {@link sluice.Withdraw.verify|verify} messages.
         * @param message Withdraw message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Withdraw.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Withdraw message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Withdraw & sluice.Withdraw.$Shape} Withdraw
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Withdraw & sluice.Withdraw.$Shape;

        /**
         * Creates a Withdraw message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Withdraw
         */
        static fromObject(object: { [k: string]: any }): sluice.Withdraw;

        /**
         * Creates a plain object from a Withdraw message. Also converts values to other types if specified.
         * @param message Withdraw
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Withdraw, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Withdraw to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Withdraw
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Withdraw {

        /** Properties of a Withdraw. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Withdraw. */
        type $Shape = sluice.Withdraw.$Properties;
    }

    /**
     * Properties of a Cancel.
     * @deprecated Use sluice.Cancel.$Properties instead.
     */
    interface ICancel extends sluice.Cancel.$Properties {
    }

    /** Represents a Cancel. */
    class Cancel {

        /**
         * Constructs a new Cancel.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Cancel.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Cancel offset. */
        offset?: (number|null);

        /** Cancel all. */
        all: boolean;

        /**
         * Encodes the specified Cancel message. Does not implicitly {@link sluice.Cancel.verify|verify} messages.
         * @param message Cancel message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Cancel.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Cancel message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Cancel & sluice.Cancel.$Shape} Cancel
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Cancel & sluice.Cancel.$Shape;

        /**
         * Creates a Cancel message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Cancel
         */
        static fromObject(object: { [k: string]: any }): sluice.Cancel;

        /**
         * Creates a plain object from a Cancel message. Also converts values to other types if specified.
         * @param message Cancel
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Cancel, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Cancel to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Cancel
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Cancel {

        /** Properties of a Cancel. */
        interface $Properties {

            /** Cancel offset */
            offset?: (number|null);

            /** Cancel all */
            all?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Cancel. */
        type $Shape = sluice.Cancel.$Properties;
    }

    /**
     * Properties of a RoutingPolicy.
     * @deprecated Use sluice.RoutingPolicy.$Properties instead.
     */
    interface IRoutingPolicy extends sluice.RoutingPolicy.$Properties {
    }

    /** Represents a RoutingPolicy. */
    class RoutingPolicy {

        /**
         * Constructs a new RoutingPolicy.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.RoutingPolicy.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RoutingPolicy champion. */
        champion?: (sluice.VersionRef.$Properties|null);

        /** RoutingPolicy challengers. */
        challengers: sluice.Share.$Properties[];

        /** RoutingPolicy shadows. */
        shadows: sluice.VersionRef.$Properties[];

        /** RoutingPolicy fallback. */
        fallback?: (sluice.VersionRef.$Properties|null);

        /** RoutingPolicy decoy. */
        decoy: boolean;

        /** RoutingPolicy bucketBy. */
        bucketBy: string;

        /** RoutingPolicy decider. */
        decider: string;

        /** RoutingPolicy budgetMs. */
        budgetMs: number;

        /** RoutingPolicy racers. */
        racers: sluice.Racer.$Properties[];

        /** RoutingPolicy steps. */
        steps: sluice.Step.$Properties[];

        /**
         * Encodes the specified RoutingPolicy message. Does not implicitly {@link sluice.RoutingPolicy.verify|verify} messages.
         * @param message RoutingPolicy message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.RoutingPolicy.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RoutingPolicy message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.RoutingPolicy & sluice.RoutingPolicy.$Shape} RoutingPolicy
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.RoutingPolicy & sluice.RoutingPolicy.$Shape;

        /**
         * Creates a RoutingPolicy message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns RoutingPolicy
         */
        static fromObject(object: { [k: string]: any }): sluice.RoutingPolicy;

        /**
         * Creates a plain object from a RoutingPolicy message. Also converts values to other types if specified.
         * @param message RoutingPolicy
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.RoutingPolicy, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this RoutingPolicy to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for RoutingPolicy
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RoutingPolicy {

        /** Properties of a RoutingPolicy. */
        interface $Properties {

            /** RoutingPolicy champion */
            champion?: (sluice.VersionRef.$Properties|null);

            /** RoutingPolicy challengers */
            challengers?: (sluice.Share.$Properties[]|null);

            /** RoutingPolicy shadows */
            shadows?: (sluice.VersionRef.$Properties[]|null);

            /** RoutingPolicy fallback */
            fallback?: (sluice.VersionRef.$Properties|null);

            /** RoutingPolicy decoy */
            decoy?: (boolean|null);

            /** RoutingPolicy bucketBy */
            bucketBy?: (string|null);

            /** RoutingPolicy decider */
            decider?: (string|null);

            /** RoutingPolicy budgetMs */
            budgetMs?: (number|null);

            /** RoutingPolicy racers */
            racers?: (sluice.Racer.$Properties[]|null);

            /** RoutingPolicy steps */
            steps?: (sluice.Step.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RoutingPolicy. */
        type $Shape = {
          champion?: sluice.VersionRef.$Shape|null;
          challengers?: sluice.Share.$Shape[]|null;
          shadows?: sluice.VersionRef.$Shape[]|null;
          fallback?: sluice.VersionRef.$Shape|null;
          decoy?: boolean|null;
          bucketBy?: string|null;
          decider?: string|null;
          budgetMs?: number|null;
          racers?: sluice.Racer.$Shape[]|null;
          steps?: sluice.Step.$Shape[]|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a Racer.
     * @deprecated Use sluice.Racer.$Properties instead.
     */
    interface IRacer extends sluice.Racer.$Properties {
    }

    /** Represents a Racer. */
    class Racer {

        /**
         * Constructs a new Racer.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Racer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Racer of. */
        of?: (sluice.VersionRef.$Properties|null);

        /** Racer name. */
        name?: (string|null);

        /** Racer weight. */
        weight: number;

        /** Racer by. */
        by?: ("of"|"name");

        /**
         * Encodes the specified Racer message. Does not implicitly {@link sluice.Racer.verify|verify} messages.
         * @param message Racer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Racer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Racer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Racer & sluice.Racer.$Shape} Racer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Racer & sluice.Racer.$Shape;

        /**
         * Creates a Racer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Racer
         */
        static fromObject(object: { [k: string]: any }): sluice.Racer;

        /**
         * Creates a plain object from a Racer message. Also converts values to other types if specified.
         * @param message Racer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Racer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Racer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Racer
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Racer {

        /** Properties of a Racer. */
        interface $Properties {

            /** Racer of */
            of?: (sluice.VersionRef.$Properties|null);

            /** Racer name */
            name?: (string|null);

            /** Racer weight */
            weight?: (number|null);

            /** Racer by */
            by?: ("of"|"name");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Racer. */
        type $Shape = {
          of?: sluice.VersionRef.$Shape|null;
          name?: string|null;
          weight?: number|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ by?: undefined; of?: null; name?: null }|{ by?: "of"; of: sluice.VersionRef.$Shape; name?: null }|{ by?: "name"; of?: null; name: string })
        );
    }

    /**
     * Properties of a Step.
     * @deprecated Use sluice.Step.$Properties instead.
     */
    interface IStep extends sluice.Step.$Properties {
    }

    /** Represents a Step. */
    class Step {

        /**
         * Constructs a new Step.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Step.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Step of. */
        of?: (sluice.VersionRef.$Properties|null);

        /** Step name. */
        name?: (string|null);

        /** Step by. */
        by?: ("of"|"name");

        /**
         * Encodes the specified Step message. Does not implicitly {@link sluice.Step.verify|verify} messages.
         * @param message Step message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Step.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Step message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Step & sluice.Step.$Shape} Step
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Step & sluice.Step.$Shape;

        /**
         * Creates a Step message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Step
         */
        static fromObject(object: { [k: string]: any }): sluice.Step;

        /**
         * Creates a plain object from a Step message. Also converts values to other types if specified.
         * @param message Step
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Step, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Step to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Step
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Step {

        /** Properties of a Step. */
        interface $Properties {

            /** Step of */
            of?: (sluice.VersionRef.$Properties|null);

            /** Step name */
            name?: (string|null);

            /** Step by */
            by?: ("of"|"name");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Step. */
        type $Shape = {
          of?: sluice.VersionRef.$Shape|null;
          name?: string|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ by?: undefined; of?: null; name?: null }|{ by?: "of"; of: sluice.VersionRef.$Shape; name?: null }|{ by?: "name"; of?: null; name: string })
        );
    }

    /**
     * Properties of a Share.
     * @deprecated Use sluice.Share.$Properties instead.
     */
    interface IShare extends sluice.Share.$Properties {
    }

    /** Represents a Share. */
    class Share {

        /**
         * Constructs a new Share.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Share.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Share of. */
        of?: (sluice.VersionRef.$Properties|null);

        /** Share weight. */
        weight: number;

        /**
         * Encodes the specified Share message. Does not implicitly {@link sluice.Share.verify|verify} messages.
         * @param message Share message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Share.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Share message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Share & sluice.Share.$Shape} Share
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Share & sluice.Share.$Shape;

        /**
         * Creates a Share message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Share
         */
        static fromObject(object: { [k: string]: any }): sluice.Share;

        /**
         * Creates a plain object from a Share message. Also converts values to other types if specified.
         * @param message Share
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Share, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Share to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Share
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Share {

        /** Properties of a Share. */
        interface $Properties {

            /** Share of */
            of?: (sluice.VersionRef.$Properties|null);

            /** Share weight */
            weight?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Share. */
        type $Shape = {
          of?: sluice.VersionRef.$Shape|null;
          weight?: number|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a GoldenRecord.
     * @deprecated Use sluice.GoldenRecord.$Properties instead.
     */
    interface IGoldenRecord extends sluice.GoldenRecord.$Properties {
    }

    /** Represents a GoldenRecord. */
    class GoldenRecord {

        /**
         * Constructs a new GoldenRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.GoldenRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GoldenRecord record. */
        record: Uint8Array;

        /** GoldenRecord score. */
        score?: (number|null);

        /** GoldenRecord label. */
        label?: (string|null);

        /** GoldenRecord tolerance. */
        tolerance: number;

        /**
         * Encodes the specified GoldenRecord message. Does not implicitly {@link sluice.GoldenRecord.verify|verify} messages.
         * @param message GoldenRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.GoldenRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GoldenRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.GoldenRecord & sluice.GoldenRecord.$Shape} GoldenRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.GoldenRecord & sluice.GoldenRecord.$Shape;

        /**
         * Creates a GoldenRecord message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns GoldenRecord
         */
        static fromObject(object: { [k: string]: any }): sluice.GoldenRecord;

        /**
         * Creates a plain object from a GoldenRecord message. Also converts values to other types if specified.
         * @param message GoldenRecord
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.GoldenRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this GoldenRecord to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for GoldenRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace GoldenRecord {

        /** Properties of a GoldenRecord. */
        interface $Properties {

            /** GoldenRecord record */
            record?: (Uint8Array|null);

            /** GoldenRecord score */
            score?: (number|null);

            /** GoldenRecord label */
            label?: (string|null);

            /** GoldenRecord tolerance */
            tolerance?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GoldenRecord. */
        type $Shape = sluice.GoldenRecord.$Properties;
    }

    /**
     * Properties of a ModelPiece.
     * @deprecated Use sluice.ModelPiece.$Properties instead.
     */
    interface IModelPiece extends sluice.ModelPiece.$Properties {
    }

    /** Represents a ModelPiece. */
    class ModelPiece {

        /**
         * Constructs a new ModelPiece.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ModelPiece.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ModelPiece sha256. */
        sha256: Uint8Array;

        /** ModelPiece index. */
        index: number;

        /** ModelPiece count. */
        count: number;

        /** ModelPiece size. */
        size: number;

        /**
         * Encodes the specified ModelPiece message. Does not implicitly {@link sluice.ModelPiece.verify|verify} messages.
         * @param message ModelPiece message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ModelPiece.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ModelPiece message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ModelPiece & sluice.ModelPiece.$Shape} ModelPiece
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ModelPiece & sluice.ModelPiece.$Shape;

        /**
         * Creates a ModelPiece message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ModelPiece
         */
        static fromObject(object: { [k: string]: any }): sluice.ModelPiece;

        /**
         * Creates a plain object from a ModelPiece message. Also converts values to other types if specified.
         * @param message ModelPiece
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ModelPiece, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ModelPiece to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ModelPiece
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ModelPiece {

        /** Properties of a ModelPiece. */
        interface $Properties {

            /** ModelPiece sha256 */
            sha256?: (Uint8Array|null);

            /** ModelPiece index */
            index?: (number|null);

            /** ModelPiece count */
            count?: (number|null);

            /** ModelPiece size */
            size?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ModelPiece. */
        type $Shape = sluice.ModelPiece.$Properties;
    }

    /**
     * Properties of a ScoreResult.
     * @deprecated Use sluice.ScoreResult.$Properties instead.
     */
    interface IScoreResult extends sluice.ScoreResult.$Properties {
    }

    /** Represents a ScoreResult. */
    class ScoreResult {

        /**
         * Constructs a new ScoreResult.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ScoreResult.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ScoreResult dataType. */
        dataType: string;

        /** ScoreResult modelName. */
        modelName: string;

        /** ScoreResult modelVersion. */
        modelVersion: number;

        /** ScoreResult score. */
        score: number;

        /** ScoreResult timestamp. */
        timestamp: number;

        /** ScoreResult status. */
        status: sluice.ScoreResult.Status;

        /** ScoreResult label. */
        label: string;

        /** ScoreResult outputs. */
        outputs: sluice.NamedOutput.$Properties[];

        /** ScoreResult modelHash. */
        modelHash: Uint8Array;

        /** ScoreResult inputPartition. */
        inputPartition: number;

        /** ScoreResult inputOffset. */
        inputOffset: number;

        /** ScoreResult error. */
        error: string;

        /** ScoreResult role. */
        role: sluice.ModelRole;

        /** ScoreResult policy. */
        policy: number;

        /** ScoreResult modelPartition. */
        modelPartition: number;

        /** ScoreResult modelOffset. */
        modelOffset: number;

        /** ScoreResult decision. */
        decision?: (sluice.Decision.$Properties|null);

        /** ScoreResult late. */
        late: number;

        /** ScoreResult steps. */
        steps: sluice.ScoredStep.$Properties[];

        /**
         * Encodes the specified ScoreResult message. Does not implicitly {@link sluice.ScoreResult.verify|verify} messages.
         * @param message ScoreResult message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ScoreResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ScoreResult message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ScoreResult & sluice.ScoreResult.$Shape} ScoreResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ScoreResult & sluice.ScoreResult.$Shape;

        /**
         * Creates a ScoreResult message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ScoreResult
         */
        static fromObject(object: { [k: string]: any }): sluice.ScoreResult;

        /**
         * Creates a plain object from a ScoreResult message. Also converts values to other types if specified.
         * @param message ScoreResult
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ScoreResult, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ScoreResult to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ScoreResult
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ScoreResult {

        /** Properties of a ScoreResult. */
        interface $Properties {

            /** ScoreResult dataType */
            dataType?: (string|null);

            /** ScoreResult modelName */
            modelName?: (string|null);

            /** ScoreResult modelVersion */
            modelVersion?: (number|null);

            /** ScoreResult score */
            score?: (number|null);

            /** ScoreResult timestamp */
            timestamp?: (number|null);

            /** ScoreResult status */
            status?: (sluice.ScoreResult.Status|null);

            /** ScoreResult label */
            label?: (string|null);

            /** ScoreResult outputs */
            outputs?: (sluice.NamedOutput.$Properties[]|null);

            /** ScoreResult modelHash */
            modelHash?: (Uint8Array|null);

            /** ScoreResult inputPartition */
            inputPartition?: (number|null);

            /** ScoreResult inputOffset */
            inputOffset?: (number|null);

            /** ScoreResult error */
            error?: (string|null);

            /** ScoreResult role */
            role?: (sluice.ModelRole|null);

            /** ScoreResult policy */
            policy?: (number|null);

            /** ScoreResult modelPartition */
            modelPartition?: (number|null);

            /** ScoreResult modelOffset */
            modelOffset?: (number|null);

            /** ScoreResult decision */
            decision?: (sluice.Decision.$Properties|null);

            /** ScoreResult late */
            late?: (number|null);

            /** ScoreResult steps */
            steps?: (sluice.ScoredStep.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ScoreResult. */
        type $Shape = sluice.ScoreResult.$Properties;

        /** Status enum. */
        enum Status {

            /** OK value */
            OK = 0,

            /** NO_MODEL value */
            NO_MODEL = 1,

            /** NO_RESULT value */
            NO_RESULT = 2,

            /** FAILED value */
            FAILED = 3
        }
    }

    /**
     * Properties of a ScoredStep.
     * @deprecated Use sluice.ScoredStep.$Properties instead.
     */
    interface IScoredStep extends sluice.ScoredStep.$Properties {
    }

    /** Represents a ScoredStep. */
    class ScoredStep {

        /**
         * Constructs a new ScoredStep.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.ScoredStep.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ScoredStep name. */
        name: string;

        /** ScoredStep version. */
        version: number;

        /** ScoredStep hash. */
        hash: Uint8Array;

        /** ScoredStep partition. */
        partition: number;

        /** ScoredStep offset. */
        offset: number;

        /**
         * Encodes the specified ScoredStep message. Does not implicitly {@link sluice.ScoredStep.verify|verify} messages.
         * @param message ScoredStep message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.ScoredStep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ScoredStep message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.ScoredStep & sluice.ScoredStep.$Shape} ScoredStep
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.ScoredStep & sluice.ScoredStep.$Shape;

        /**
         * Creates a ScoredStep message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns ScoredStep
         */
        static fromObject(object: { [k: string]: any }): sluice.ScoredStep;

        /**
         * Creates a plain object from a ScoredStep message. Also converts values to other types if specified.
         * @param message ScoredStep
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.ScoredStep, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this ScoredStep to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for ScoredStep
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ScoredStep {

        /** Properties of a ScoredStep. */
        interface $Properties {

            /** ScoredStep name */
            name?: (string|null);

            /** ScoredStep version */
            version?: (number|null);

            /** ScoredStep hash */
            hash?: (Uint8Array|null);

            /** ScoredStep partition */
            partition?: (number|null);

            /** ScoredStep offset */
            offset?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ScoredStep. */
        type $Shape = sluice.ScoredStep.$Properties;
    }

    /**
     * Properties of a Decision.
     * @deprecated Use sluice.Decision.$Properties instead.
     */
    interface IDecision extends sluice.Decision.$Properties {
    }

    /** Represents a Decision. */
    class Decision {

        /**
         * Constructs a new Decision.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.Decision.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Decision cause. */
        cause: sluice.Decision.Cause;

        /** Decision decider. */
        decider: string;

        /** Decision budgetMs. */
        budgetMs: number;

        /** Decision elapsed. */
        elapsed: number;

        /** Decision models. */
        models: sluice.RacedModel.$Properties[];

        /**
         * Encodes the specified Decision message. Does not implicitly {@link sluice.Decision.verify|verify} messages.
         * @param message Decision message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.Decision.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Decision message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.Decision & sluice.Decision.$Shape} Decision
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.Decision & sluice.Decision.$Shape;

        /**
         * Creates a Decision message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Decision
         */
        static fromObject(object: { [k: string]: any }): sluice.Decision;

        /**
         * Creates a plain object from a Decision message. Also converts values to other types if specified.
         * @param message Decision
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.Decision, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Decision to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for Decision
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Decision {

        /** Properties of a Decision. */
        interface $Properties {

            /** Decision cause */
            cause?: (sluice.Decision.Cause|null);

            /** Decision decider */
            decider?: (string|null);

            /** Decision budgetMs */
            budgetMs?: (number|null);

            /** Decision elapsed */
            elapsed?: (number|null);

            /** Decision models */
            models?: (sluice.RacedModel.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Decision. */
        type $Shape = sluice.Decision.$Properties;

        /** Cause enum. */
        enum Cause {

            /** ALL value */
            ALL = 0,

            /** EARLY value */
            EARLY = 1,

            /** TIMEOUT value */
            TIMEOUT = 2,

            /** FALLBACK value */
            FALLBACK = 3
        }
    }

    /**
     * Properties of a RacedModel.
     * @deprecated Use sluice.RacedModel.$Properties instead.
     */
    interface IRacedModel extends sluice.RacedModel.$Properties {
    }

    /** Represents a RacedModel. */
    class RacedModel {

        /**
         * Constructs a new RacedModel.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.RacedModel.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RacedModel name. */
        name: string;

        /** RacedModel version. */
        version: number;

        /** RacedModel hash. */
        hash: Uint8Array;

        /** RacedModel part. */
        part: sluice.RacedModel.Part;

        /** RacedModel elapsed. */
        elapsed?: (number|null);

        /** RacedModel score. */
        score?: (number|null);

        /** RacedModel label. */
        label: string;

        /** RacedModel error. */
        error: string;

        /** RacedModel fallback. */
        fallback: boolean;

        /**
         * Encodes the specified RacedModel message. Does not implicitly {@link sluice.RacedModel.verify|verify} messages.
         * @param message RacedModel message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.RacedModel.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RacedModel message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.RacedModel & sluice.RacedModel.$Shape} RacedModel
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.RacedModel & sluice.RacedModel.$Shape;

        /**
         * Creates a RacedModel message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns RacedModel
         */
        static fromObject(object: { [k: string]: any }): sluice.RacedModel;

        /**
         * Creates a plain object from a RacedModel message. Also converts values to other types if specified.
         * @param message RacedModel
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.RacedModel, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this RacedModel to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for RacedModel
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RacedModel {

        /** Properties of a RacedModel. */
        interface $Properties {

            /** RacedModel name */
            name?: (string|null);

            /** RacedModel version */
            version?: (number|null);

            /** RacedModel hash */
            hash?: (Uint8Array|null);

            /** RacedModel part */
            part?: (sluice.RacedModel.Part|null);

            /** RacedModel elapsed */
            elapsed?: (number|null);

            /** RacedModel score */
            score?: (number|null);

            /** RacedModel label */
            label?: (string|null);

            /** RacedModel error */
            error?: (string|null);

            /** RacedModel fallback */
            fallback?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RacedModel. */
        type $Shape = sluice.RacedModel.$Properties;

        /** Part enum. */
        enum Part {

            /** MISSING value */
            MISSING = 0,

            /** CONTRIBUTED value */
            CONTRIBUTED = 1,

            /** OUTVOTED value */
            OUTVOTED = 2,

            /** ABSTAINED value */
            ABSTAINED = 3,

            /** FAILED value */
            FAILED = 4
        }
    }

    /**
     * Properties of a NamedOutput.
     * @deprecated Use sluice.NamedOutput.$Properties instead.
     */
    interface INamedOutput extends sluice.NamedOutput.$Properties {
    }

    /** Represents a NamedOutput. */
    class NamedOutput {

        /**
         * Constructs a new NamedOutput.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.NamedOutput.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** NamedOutput name. */
        name: string;

        /** NamedOutput numbers. */
        numbers: number[];

        /** NamedOutput texts. */
        texts: string[];

        /**
         * Encodes the specified NamedOutput message. Does not implicitly {@link sluice.NamedOutput.verify|verify} messages.
         * @param message NamedOutput message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.NamedOutput.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a NamedOutput message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.NamedOutput & sluice.NamedOutput.$Shape} NamedOutput
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.NamedOutput & sluice.NamedOutput.$Shape;

        /**
         * Creates a NamedOutput message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns NamedOutput
         */
        static fromObject(object: { [k: string]: any }): sluice.NamedOutput;

        /**
         * Creates a plain object from a NamedOutput message. Also converts values to other types if specified.
         * @param message NamedOutput
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.NamedOutput, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this NamedOutput to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for NamedOutput
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace NamedOutput {

        /** Properties of a NamedOutput. */
        interface $Properties {

            /** NamedOutput name */
            name?: (string|null);

            /** NamedOutput numbers */
            numbers?: (number[]|null);

            /** NamedOutput texts */
            texts?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a NamedOutput. */
        type $Shape = sluice.NamedOutput.$Properties;
    }

    /**
     * Properties of a WineRecord.
     * @deprecated Use sluice.WineRecord.$Properties instead.
     */
    interface IWineRecord extends sluice.WineRecord.$Properties {
    }

    /** Represents a WineRecord. */
    class WineRecord {

        /**
         * Constructs a new WineRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: sluice.WineRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WineRecord fixed_acidity. */
        fixed_acidity: number;

        /** WineRecord volatile_acidity. */
        volatile_acidity: number;

        /** WineRecord citric_acid. */
        citric_acid: number;

        /** WineRecord residual_sugar. */
        residual_sugar: number;

        /** WineRecord chlorides. */
        chlorides: number;

        /** WineRecord free_sulfur_dioxide. */
        free_sulfur_dioxide: number;

        /** WineRecord total_sulfur_dioxide. */
        total_sulfur_dioxide: number;

        /** WineRecord density. */
        density: number;

        /** WineRecord pH. */
        pH: number;

        /** WineRecord sulphates. */
        sulphates: number;

        /** WineRecord alcohol. */
        alcohol: number;

        /** WineRecord dataType. */
        dataType: string;

        /**
         * Encodes the specified WineRecord message. Does not implicitly {@link sluice.WineRecord.verify|verify} messages.
         * @param message WineRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: sluice.WineRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WineRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {sluice.WineRecord & sluice.WineRecord.$Shape} WineRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.WineRecord & sluice.WineRecord.$Shape;

        /**
         * Creates a WineRecord message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns WineRecord
         */
        static fromObject(object: { [k: string]: any }): sluice.WineRecord;

        /**
         * Creates a plain object from a WineRecord message. Also converts values to other types if specified.
         * @param message WineRecord
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: sluice.WineRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this WineRecord to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };

        /**
         * Gets the type url for WineRecord
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace WineRecord {

        /** Properties of a WineRecord. */
        interface $Properties {

            /** WineRecord fixed_acidity */
            fixed_acidity?: (number|null);

            /** WineRecord volatile_acidity */
            volatile_acidity?: (number|null);

            /** WineRecord citric_acid */
            citric_acid?: (number|null);

            /** WineRecord residual_sugar */
            residual_sugar?: (number|null);

            /** WineRecord chlorides */
            chlorides?: (number|null);

            /** WineRecord free_sulfur_dioxide */
            free_sulfur_dioxide?: (number|null);

            /** WineRecord total_sulfur_dioxide */
            total_sulfur_dioxide?: (number|null);

            /** WineRecord density */
            density?: (number|null);

            /** WineRecord pH */
            pH?: (number|null);

            /** WineRecord sulphates */
            sulphates?: (number|null);

            /** WineRecord alcohol */
            alcohol?: (number|null);

            /** WineRecord dataType */
            dataType?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WineRecord. */
        type $Shape = sluice.WineRecord.$Properties;
    }
}
